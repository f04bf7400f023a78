package dev.respite;

import dev.respite.outcome.ErrorKind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Timeouts of the family of {@link InterruptedIOException}, in classes with the hierarchy, the names and the messages of the
 * clients that throw them. In other packages than theirs, so that they are timeouts and nothing more: stacks/ has the real
 * classes, some of which prove that nothing was sent.
 */
final class Timeouts {

    private Timeouts() {}

    /** Of Apache HttpClient 4. */
    static class ConnectTimeoutException extends InterruptedIOException {
        private static final long serialVersionUID = 1L;

        ConnectTimeoutException(String message) {
            super(message);
        }
    }

    /** Of Apache HttpClient 4. */
    static final class ConnectionPoolTimeoutException extends ConnectTimeoutException {
        private static final long serialVersionUID = 1L;

        ConnectionPoolTimeoutException() {
            super("Timeout waiting for connection from pool");
        }
    }

    /** Of Apache HttpClient 5. */
    static final class ConnectionRequestTimeoutException extends InterruptedIOException {
        private static final long serialVersionUID = 1L;

        ConnectionRequestTimeoutException(String message) {
            super(message);
        }
    }

    /** A timeout of a client that Respite does not know, without message and cause. */
    static final class UnknownTimeoutException extends InterruptedIOException {
        private static final long serialVersionUID = 1L;
    }

    /** Of Spring. */
    static final class ResourceAccessException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ResourceAccessException(IOException cause) {
            super("I/O error on GET request: " + cause.getMessage(), cause);
        }
    }

    /** Every one of them, alone and wrapped, with its kind. */
    static Stream<Arguments> all() {
        return Stream.of(
                        Arguments.of(new ConnectTimeoutException("Connect to x:80 timed out"), ErrorKind.TIMEOUT),
                        Arguments.of(new ConnectionPoolTimeoutException(), ErrorKind.TIMEOUT),
                        Arguments.of(new ConnectionRequestTimeoutException("Timeout deadline"), ErrorKind.TIMEOUT),
                        Arguments.of(new ConnectionRequestTimeoutException(null), ErrorKind.TIMEOUT),
                        Arguments.of(new InterruptedIOException("timeout"), ErrorKind.TIMEOUT),
                        Arguments.of(caused(new IOException("Canceled")), ErrorKind.TIMEOUT),
                        Arguments.of(new UnknownTimeoutException(), ErrorKind.TIMEOUT),
                        Arguments.of(new SocketTimeoutException(), ErrorKind.TIMEOUT))
                .flatMap(row -> Stream.of(row, wrapped(row)));
    }

    private static Arguments wrapped(Arguments row) {
        return Arguments.of(new ResourceAccessException((IOException) row.get()[0]), row.get()[1]);
    }

    private static InterruptedIOException caused(Throwable cause) {
        InterruptedIOException timeout = new InterruptedIOException();
        timeout.initCause(cause);
        return timeout;
    }
}
