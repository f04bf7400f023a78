package dev.respite.cli;

import dev.respite.cli.console.ExitCodes;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Verdict;
import dev.respite.policy.ErrorRules;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/** The exit code and the message of a call that ended without a response. */
record NetworkErrors(int exitCode, String message) {

    /** The JDK's words for a connection that ended before the response. */
    private static final String NO_BYTES = "HTTP/1.1 header parser received no bytes";

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
        return new NetworkErrors(ExitCodes.NETWORK_ERROR, "network error: " + reason);
    }

    /**
     * Returns the message of the outermost cause that has its own message. The JDK has no message for an unresolved name and
     * for a refused connection.
     */
    static String reason(Throwable failed) {
        boolean unresolved = false;
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && !message.isBlank() && !message.equals(String.valueOf(cause.getCause()))) {
                return message.startsWith(NO_BYTES) ? "the server closed the connection without a response" : message;
            }
            unresolved |= cause instanceof UnresolvedAddressException;
        }
        if (unresolved) {
            return "the host name cannot be resolved";
        }
        return failed instanceof ConnectException
                ? "connection refused"
                : failed.getClass().getSimpleName();
    }
}
