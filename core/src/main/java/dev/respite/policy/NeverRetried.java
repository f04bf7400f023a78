package dev.respite.policy;

import dev.respite.cause.CauseChain;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;

/** Recognizes failures that no policy retries. */
final class NeverRetried {

    /** Exceptions of the JDK about the network. Without a cause, none of them is fatal here. */
    private static final Set<Class<? extends Throwable>> PLAIN = Set.of(
            SocketTimeoutException.class,
            ConnectException.class,
            NoRouteToHostException.class,
            UnknownHostException.class);

    private static final Verdict ERROR = Verdict.fatal();
    private static final Verdict INTERRUPTED = Verdict.fatal(StopReason.INTERRUPTED, ErrorKind.of("interrupted"));
    private static final Verdict CANCELLED = Verdict.fatal(StopReason.CANCELLED, ErrorKind.of("cancelled"));

    private NeverRetried() {}

    /** Returns the verdict on an error of the virtual machine, an interruption or a cancellation. */
    static Optional<Verdict> verdict(Outcome.Failure<?> failure) {
        boolean flagged = failure.interrupted();
        Throwable outermost = failure.error();
        if (!flagged && PLAIN.contains(outermost.getClass()) && outermost.getCause() == null) {
            return Optional.empty();
        }
        return CauseChain.first(outermost, error -> verdictItself(error, flagged));
    }

    private static Optional<Verdict> verdictItself(Throwable error, boolean flagged) {
        if (error instanceof Error) {
            return Optional.of(ERROR);
        }
        if (CauseChain.isInterruption(error, flagged)) {
            return Optional.of(INTERRUPTED);
        }
        return CauseChain.isCancellation(error.getClass()) ? Optional.of(CANCELLED) : Optional.empty();
    }
}
