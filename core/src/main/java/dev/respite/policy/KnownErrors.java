package dev.respite.policy;

import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the JDK's own throwables mean, whatever a policy says. */
final class KnownErrors {

    private static final Optional<ErrorKind> TIMEOUT = Optional.of(ErrorKind.TIMEOUT);
    private static final Optional<ErrorKind> CONNECT = Optional.of(ErrorKind.CONNECT);
    private static final Optional<ErrorKind> IO = Optional.of(ErrorKind.IO);

    /** Classes of modules that the core does not read. */
    private static final Map<String, ErrorKind> BY_NAME = Map.of(
            "java.net.http.HttpConnectTimeoutException", ErrorKind.CONNECT,
            "java.net.http.HttpTimeoutException", ErrorKind.TIMEOUT,
            "java.sql.SQLTimeoutException", ErrorKind.TIMEOUT,
            "java.sql.SQLTransientException", ErrorKind.SQL,
            "java.sql.SQLRecoverableException", ErrorKind.SQL);

    /** What the JDK throws of the network itself; without a cause, none of it is ever fatal here. */
    private static final Set<Class<? extends Throwable>> PLAIN = Set.of(
            SocketTimeoutException.class,
            ConnectException.class,
            NoRouteToHostException.class,
            UnknownHostException.class);

    private static final Verdict ERROR = Verdict.fatal();
    private static final Verdict INTERRUPTED = Verdict.fatal(StopReason.INTERRUPTED, ErrorKind.of("interrupted"));
    private static final Verdict CANCELLED = Verdict.fatal(StopReason.CANCELLED, ErrorKind.of("cancelled"));

    private KnownErrors() {}

    /** The verdict on what is never retried: an error of the virtual machine, an interruption, a cancellation. */
    static Optional<Verdict> neverRetried(Outcome.Failure<?> failure) {
        boolean flagged = failure.interrupted();
        Throwable outermost = failure.error();
        if (!flagged && PLAIN.contains(outermost.getClass()) && outermost.getCause() == null) {
            return Optional.empty();
        }
        return Causes.first(outermost, error -> neverRetriedItself(error, flagged));
    }

    /** The kind of a failure that is transient unless a policy says otherwise. */
    static Optional<ErrorKind> transientKind(Throwable failure) {
        return Causes.first(failure, KnownErrors::kindItself);
    }

    private static Optional<Verdict> neverRetriedItself(Throwable error, boolean flagged) {
        if (error instanceof Error) {
            return Optional.of(ERROR);
        }
        if (Interruptions.isInterruption(error, flagged)) {
            return Optional.of(INTERRUPTED);
        }
        return error instanceof CancellationException ? Optional.of(CANCELLED) : Optional.empty();
    }

    private static Optional<ErrorKind> kindItself(Throwable error) {
        if (error instanceof SocketTimeoutException || error instanceof TimeoutException) {
            return TIMEOUT;
        }
        if (error instanceof InterruptedIOException) {
            return isOfConnecting(error) ? CONNECT : TIMEOUT;
        }
        if (error instanceof ConnectException
                || error instanceof NoRouteToHostException
                || error instanceof UnknownHostException) {
            return CONNECT;
        }
        return error instanceof SocketException ? IO : kindByName(error.getClass());
    }

    /** Timeouts of a connect or of a connection pool are named after it in the clients that have them: nothing was sent. */
    private static boolean isOfConnecting(Throwable timeout) {
        return timeout.getClass().getSimpleName().startsWith("Connect");
    }

    private static Optional<ErrorKind> kindByName(Class<?> type) {
        for (Class<?> c = type; c != Throwable.class; c = c.getSuperclass()) {
            @Nullable ErrorKind kind = BY_NAME.get(c.getName());
            if (kind != null) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
