package dev.respite.durable.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** A body is collected up to a limit, whatever the server sends. */
class BoundedBodyTest {

    private static final class Server implements Flow.Subscription {
        private long requested;
        private int cancellations;

        @Override
        public void request(long parts) {
            requested += parts;
        }

        @Override
        public void cancel() {
            cancellations++;
        }
    }

    private final Server server = new Server();
    private final BoundedBody body = new BoundedBody(6);

    private void receive(String... parts) {
        body.onNext(List.of(parts).stream()
                .map(text -> ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)))
                .toList());
    }

    private void assertBody(String expected) {
        assertThat(body.getBody().toCompletableFuture())
                .succeedsWithin(Duration.ZERO)
                .isEqualTo(expected.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void getBody_ofTheLimit_isWhole() {
        body.onSubscribe(server);
        receive("12", "34");
        receive("56");
        assertThat(body.getBody().toCompletableFuture()).isNotDone();
        body.onComplete();
        assertBody("123456");
        assertThat(server.requested).isPositive();
        assertThat(server.cancellations).isZero();
    }

    /** One byte more shows that it is too long; what follows takes no memory. */
    @Test
    void getBody_ofMoreThanTheLimit_isCutAndTheResponseIsCancelledOnce() {
        body.onSubscribe(server);
        receive("1234");
        receive("5678", "9", "0123456789");
        assertBody("1234567");
        assertThat(server.cancellations).isEqualTo(1);
        receive("too late");
        assertThat(server.cancellations).isEqualTo(1);
    }

    @Test
    void getBody_ofAConnectionThatIsCut_fails() {
        body.onSubscribe(server);
        receive("1234");
        body.onError(new IOException("cut"));
        assertThat(body.getBody().toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("cut");
    }
}
