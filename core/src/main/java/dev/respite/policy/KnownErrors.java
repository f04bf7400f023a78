package dev.respite.policy;

import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
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

    /** What the JDK throws of the network itself: nothing that is never retried hides behind it, so nobody looks. */
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
    static Optional<Verdict> neverRetried(Throwable failure) {
        if (PLAIN.contains(failure.getClass())) {
            return Optional.empty();
        }
        return Causes.first(failure, KnownErrors::neverRetriedItself);
    }

    /** The kind of a failure that is transient unless a policy says otherwise. */
    static Optional<ErrorKind> transientKind(Throwable failure) {
        return Causes.first(failure, KnownErrors::kindItself);
    }

    private static Optional<Verdict> neverRetriedItself(Throwable error) {
        if (error instanceof Error) {
            return Optional.of(ERROR);
        }
        boolean interruptedIo = error instanceof InterruptedIOException && !(error instanceof SocketTimeoutException);
        if (error instanceof InterruptedException || interruptedIo || error instanceof ClosedByInterruptException) {
            return Optional.of(INTERRUPTED);
        }
        return error instanceof CancellationException ? Optional.of(CANCELLED) : Optional.empty();
    }

    private static Optional<ErrorKind> kindItself(Throwable error) {
        if (error instanceof SocketTimeoutException || error instanceof TimeoutException) {
            return TIMEOUT;
        }
        if (error instanceof ConnectException
                || error instanceof NoRouteToHostException
                || error instanceof UnknownHostException) {
            return CONNECT;
        }
        return error instanceof SocketException ? IO : kindByName(error.getClass());
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
