package dev.respite.cli;

import dev.respite.policy.ErrorKind;
import dev.respite.policy.ErrorRules;
import dev.respite.policy.Verdict;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/**
 * What a call without an response means to whoever ran the program.
 *
 * @param exitCode the exit code
 * @param message what is said
 */
record NetworkErrors(int exitCode, String message) {

    static NetworkErrors of(IOException failed) {
        Optional<ErrorKind> kind = ErrorRules.knownVerdict(failed)
                .filter(Verdict.Transient.class::isInstance)
                .map(verdict -> ((Verdict.Transient) verdict).kind());
        String reason = reason(failed);
        if (kind.equals(Optional.of(ErrorKind.CONNECT))) {
            return new NetworkErrors(ExitCodes.CANNOT_CONNECT, "cannot connect: " + reason);
        }
        if (kind.equals(Optional.of(ErrorKind.TIMEOUT))) {
            return new NetworkErrors(ExitCodes.TIMED_OUT, "timed out: " + reason);
        }
        return new NetworkErrors(ExitCodes.WIRE, "failed on the wire: " + reason);
    }

    /** The message of the outermost cause that has one of its own; the JDK has none for the commonest two. */
    static String reason(Throwable failed) {
        boolean unresolved = false;
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && !message.isBlank() && !message.equals(String.valueOf(cause.getCause()))) {
                return message;
            }
            unresolved |= cause instanceof UnresolvedAddressException;
        }
        if (unresolved) {
            return "the name of the host cannot be resolved";
        }
        return failed instanceof ConnectException
                ? "connection refused"
                : failed.getClass().getSimpleName();
    }
}
