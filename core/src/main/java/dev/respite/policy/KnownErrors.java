package dev.respite.policy;

import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

/** What is never retried, whatever a policy says. */
final class KnownErrors {

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
}
