package dev.respite.failure;

import dev.respite.cause.CauseChain;
import dev.respite.failure.FailureFact.Condition;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes failures that only their message distinguishes. This is the one place where messages are compared: a class is
 * better, and a message may change with a version.
 */
final class Messages {

    /**
     * The messages of operating systems for a connection that the peer has dropped, also behind the name of a call. And the
     * messages of the JDK's client for an HTTP/2 stream.
     */
    private static final List<String> DROPPED = List.of(
            "connection reset", "broken pipe", "connection was aborted", "rst_stream received", "received rst_stream");

    /** JDK client, HTTP/2: the peer's REFUSED_STREAM or GOAWAY, and its limit of streams, known before anything is sent. */
    private static final List<String> NOT_PROCESSED = List.of(
            "request not processed by peer", "rst_stream received stream not processed", "too many concurrent streams");

    /** JDK client: refused credentials. Each further attempt would count against the account. */
    private static final List<String> REFUSED_CREDENTIALS = List.of(
            "too many authentication attempts",
            "www-authenticate header missing",
            "proxy-authenticate header missing",
            "no credentials provided");

    /** The JDK's sockets; in capitals or not, by version. */
    private static final String CONNECTING = "connect timed out";

    /** The end of a connection within the TLS handshake: the JDK, and Netty, whose timeout is one of connecting. */
    private static final List<String> HANDSHAKE_CUT_OFF = List.of(
            "remote host terminated the handshake", "connection closed while ssl/tls handshake", "handshake timed out");

    private static final List<FailureFact> BROKEN = List.of(Condition.CONNECTION_BROKEN);
    private static final List<FailureFact> NOTHING_SENT = List.of(Condition.NOTHING_SENT);
    private static final List<FailureFact> TIMEOUT = List.of(Condition.TIMEOUT);
    private static final List<FailureFact> PERMANENT = List.of(Condition.PERMANENT);
    private static final List<FailureFact> CANCELLED = List.of(Condition.CANCELLED);

    private Messages() {}

    /** An {@link IOException}, or a subclass without a meaning of its own. */
    static List<FailureFact> ofIo(Throwable failure) {
        String message = message(failure);
        // OkHttp, Call.cancel().
        if (message.equals("canceled")) {
            return CANCELLED;
        }
        if (startsWithAny(message, NOT_PROCESSED)) {
            return NOTHING_SENT;
        }
        if (startsWithAny(message, REFUSED_CREDENTIALS)) {
            return PERMANENT;
        }
        return containsAny(message, DROPPED) ? BROKEN : List.of();
    }

    /** A socket's timeout: of the connection in the JDK's sockets, which OkHttp, Feign and others use, or of a read. */
    static List<FailureFact> ofSocketTimeout(Throwable failure) {
        @Nullable String message = failure.getMessage();
        boolean connecting = message != null && message.regionMatches(true, 0, CONNECTING, 0, CONNECTING.length());
        return connecting ? NOTHING_SENT : TIMEOUT;
    }

    /** OkHttp: a truncated body, and the end of a connection within a response. */
    static List<FailureFact> ofProtocol(Throwable failure) {
        return message(failure).startsWith("unexpected end of stream") ? BROKEN : PERMANENT;
    }

    /** Apache HttpClient 5: an abort by the caller; any other message has a cause. */
    static List<FailureFact> ofFailedRequest(Throwable failure) {
        return message(failure).equals("request aborted") ? CANCELLED : List.of();
    }

    /**
     * Apache HttpClient 5, HTTP/2: the message has the error code. The client reports the error of a connection in the same way, so
     * the message alone does not show that the server refused this stream.
     */
    static List<FailureFact> ofApacheStreamReset(Throwable failure) {
        return message(failure).equals("stream reset (7)") ? NOTHING_SENT : BROKEN;
    }

    /** OkHttp, HTTP/2: the message has the error code. */
    static List<FailureFact> ofStreamReset(Throwable failure) {
        return message(failure).endsWith("refused_stream") ? NOTHING_SENT : BROKEN;
    }

    /** Before the handshake is complete nothing is sent. A peer that cuts it off may be a server that restarts. */
    static List<FailureFact> ofHandshake(Throwable failure) {
        boolean closed = startsWithAny(message(failure), HANDSHAKE_CUT_OFF);
        return closed || isCutOff(failure) ? NOTHING_SENT : PERMANENT;
    }

    /** After the handshake: the connection's own failure if there is one, else an alert or a record that is no TLS. */
    static List<FailureFact> ofTls(Throwable failure) {
        if (failure.getCause() instanceof SocketTimeoutException) {
            return TIMEOUT;
        }
        boolean closed = containsAny(message(failure), DROPPED) || isCutOff(failure);
        return closed ? BROKEN : PERMANENT;
    }

    private static boolean isCutOff(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < CauseChain.MAX_LENGTH; depth++) {
            if (cause instanceof EOFException || cause instanceof SocketException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean startsWithAny(String message, List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            if (message.startsWith(texts.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean containsAny(String message, List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            if (message.contains(texts.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static String message(Throwable failure) {
        @Nullable String message = failure.getMessage();
        return message == null ? "" : message.toLowerCase(Locale.ROOT);
    }
}
