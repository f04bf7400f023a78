package dev.respite.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.http.faulty.FrameServer;
import dev.respite.http.faulty.FrameServer.Reaction;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that fail. */
class GrpcConnectionTest {

    /** The status is the second one if the connection closes while the client writes. */
    private static final List<String> DROPPED = List.of("UNAVAILABLE", "UNKNOWN");

    private static String call(Retry retry, int port, boolean isIdempotent) {
        ManagedChannel channel = GrpcRetry.of(retry)
                .install(NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext())
                .build();
        try {
            return GrpcFixture.call(channel, isIdempotent ? GrpcFixture.FETCH : GrpcFixture.ORDER);
        } finally {
            channel.shutdownNow();
        }
    }

    private static int refusingPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void connection_thatIsRefused_isRetriedForAnyMethod() throws IOException {
        Retry retry = GrpcFixture.quick("");
        assertThat(call(retry, refusingPort(), false)).isEqualTo("UNAVAILABLE");
        assertThat(retry.counts().attempts()).isEqualTo(3);
        assertThat(retry.counts().errors()).containsOnlyKeys(ErrorKind.CONNECT);
    }

    @Test
    void connection_thatIsNotMadeInTime_isRetriedForAnyMethod() throws IOException {
        // It accepts connections, and never begins HTTP/2.
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Retry retry = GrpcFixture.quick("attempt-timeout=50ms");
            assertThat(call(retry, silent.getLocalPort(), false)).isEqualTo("DEADLINE_EXCEEDED");
            assertThat(retry.counts().attempts()).isEqualTo(3);
        }
    }

    @Test
    void connection_thatIsDropped_isRetriedForAnIdempotentMethod() throws IOException {
        try (FrameServer server = FrameServer.of(Reaction.CLOSE)) {
            Retry retry = GrpcFixture.quick("");
            assertThat(call(retry, server.port(), true)).isIn(DROPPED);
            assertThat(server.requests()).isEqualTo(3);
        }
    }

    @Test
    void connection_thatIsDropped_isNotRetriedForAnyOtherMethod() throws IOException {
        try (FrameServer server = FrameServer.of(Reaction.CLOSE)) {
            Retry retry = GrpcFixture.quick("");
            assertThat(call(retry, server.port(), false)).isIn(DROPPED);
            assertThat(server.requests()).isEqualTo(1);
            assertThat(reason(retry)).isEqualTo(StopReason.NOT_IDEMPOTENT);
        }
    }

    /** The transparent retries of gRPC remain: the server states that it has not seen the first request. */
    @ParameterizedTest
    @EnumSource(names = {"REFUSE_STREAM", "GO_AWAY"})
    void request_thatTheServerHasNotSeen_isRepeatedByGrpc(Reaction reaction) throws IOException {
        try (FrameServer server = FrameServer.of(reaction)) {
            Retry retry = GrpcFixture.quick("");
            assertThat(call(retry, server.port(), false)).isEqualTo("INTERNAL");
            assertThat(server.requests()).isEqualTo(2);
            assertThat(retry.counts().attempts()).isEqualTo(1);
        }
    }

    private static StopReason reason(Retry retry) {
        return GrpcFixture.reason(retry);
    }
}
