package dev.respite.failure;

import dev.respite.failure.FailureFact.Condition;
import java.util.List;

/** The rows of the exceptions of the JDK, of all its modules. */
final class JdkRows {

    static final List<Row> ROWS = List.of(
            Row.of("java.net.ConnectException", Condition.NOTHING_SENT),
            Row.of("java.net.NoRouteToHostException", Condition.NOTHING_SENT),
            Row.of("java.net.UnknownHostException", Condition.NOTHING_SENT),
            Row.of("java.net.http.HttpConnectTimeoutException", Condition.NOTHING_SENT),
            Row.of("java.nio.channels.UnresolvedAddressException", Condition.NOTHING_SENT),
            Row.of("java.net.SocketTimeoutException", Messages::ofSocketTimeout),
            // Interruptions of this family are recognized before this table is read.
            Row.of("java.io.InterruptedIOException", Condition.TIMEOUT),
            Row.of("java.net.http.HttpTimeoutException", Condition.TIMEOUT),
            Row.of("java.util.concurrent.TimeoutException", Condition.TIMEOUT),
            Row.of("java.net.SocketException", Condition.CONNECTION_BROKEN),
            Row.of("java.io.EOFException", Condition.CONNECTION_BROKEN),
            Row.of("java.nio.channels.ClosedChannelException", Condition.CONNECTION_BROKEN),
            Row.exactly("java.io.IOException", Messages::ofIo),
            Row.of("java.net.ProtocolException", Messages::ofProtocol),
            Row.of("java.net.HttpRetryException", Condition.PERMANENT),
            Row.of("java.io.FileNotFoundException", Condition.PERMANENT),
            Row.of("java.nio.file.FileSystemException", Condition.PERMANENT),
            Row.of("javax.net.ssl.SSLException", Messages::ofTls),
            Row.of("javax.net.ssl.SSLHandshakeException", Messages::ofHandshake),
            Row.of("javax.net.ssl.SSLPeerUnverifiedException", Condition.PERMANENT));

    private JdkRows() {}
}
