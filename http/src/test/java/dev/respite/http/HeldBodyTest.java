package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A held body by itself, against a publisher that keeps exactly to the contract: after a cancel it says nothing more. */
class HeldBodyTest {

    private final HeldBody held = new HeldBody();
    private final Publisher publisher = new Publisher();

    /** What was asked of the publisher. */
    private static final class Publisher implements Flow.Subscription {
        private long requested;
        private boolean cancelled;

        @Override
        public void request(long n) {
            requested += n;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private static List<ByteBuffer> bytes(int length) {
        return List.of(ByteBuffer.wrap("x".repeat(length).getBytes(StandardCharsets.US_ASCII)));
    }

    private static BodySubscriber<String> text() {
        return BodySubscribers.ofString(StandardCharsets.UTF_8);
    }

    @Test
    void getBody_withTheHeaders_isCompleteAndNothingIsAskedFor() {
        CompletableFuture<HeldBody> body = held.getBody().toCompletableFuture();
        assertThat(body).isNotDone();

        held.onSubscribe(publisher);

        assertThat(body).isCompletedWithValue(held);
        assertThat(publisher.requested).isZero();
    }

    @Test
    void onSubscribe_second_isCancelled() {
        Publisher second = new Publisher();
        held.onSubscribe(publisher);
        held.onSubscribe(second);

        assertThat(second.cancelled).isTrue();
        assertThat(publisher.cancelled).isFalse();
    }

    @Test
    void readBy_body_reachesTheReader() {
        BodySubscriber<String> reader = text();
        held.onSubscribe(publisher);
        held.readBy(reader);
        held.onNext(bytes(2));
        held.onNext(bytes(1));
        held.onComplete();

        assertThat(reader.getBody().toCompletableFuture()).isCompletedWithValue("xxx");
    }

    @Test
    void readBy_bodyThatHasEnded_endsForTheReader() {
        BodySubscriber<String> reader = text();
        held.onSubscribe(publisher);
        held.onComplete();
        held.readBy(reader);

        assertThat(reader.getBody().toCompletableFuture()).isCompletedWithValue("");
    }

    @Test
    void readBy_bodyThatBreaksOff_failsForTheReader() {
        BodySubscriber<String> reader = text();
        held.onSubscribe(publisher);
        held.readBy(reader);
        held.onNext(bytes(2));
        IOException broken = new IOException("broken");
        held.onError(broken);

        assertThat(reader.getBody().toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void cancel_bodyThatIsBeingRead_isNeverTakenForTheWhole() {
        BodySubscriber<String> reader = text();
        held.onSubscribe(publisher);
        held.readBy(reader);
        held.onNext(bytes(2));

        held.cancel();

        assertThat(publisher.cancelled).isTrue();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> reader.getBody().toCompletableFuture().join())
                .withCauseInstanceOf(IOException.class);
    }

    @Test
    void drain_bodyWithinTheLimit_isReadToItsEnd() throws Exception {
        held.onSubscribe(publisher);
        held.drain(10);
        for (int i = 0; i < 5; i++) {
            assertThat(publisher.requested).isEqualTo(i + 1);
            held.onNext(bytes(2));
        }
        held.onComplete();

        held.awaitDrained(TimeUnit.SECONDS.toNanos(5));
        assertThat(publisher.cancelled).isFalse();
    }

    @Test
    void drain_bodyOverTheLimit_isGivenUp() throws Exception {
        held.onSubscribe(publisher);
        held.drain(10);
        held.onNext(bytes(10));
        assertThat(publisher.cancelled).isFalse();
        held.onNext(bytes(1));

        assertThat(publisher.cancelled).isTrue();
        held.awaitDrained(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void awaitDrained_bodyThatDoesNotEnd_isGivenUp() throws Exception {
        held.onSubscribe(publisher);
        held.drain(10);

        held.awaitDrained(1);

        assertThat(publisher.cancelled).isTrue();
    }

    @Test
    void awaitDrained_bodyThatBroke_returns() throws Exception {
        held.onSubscribe(publisher);
        held.drain(10);
        held.onError(new IOException("broken"));

        held.awaitDrained(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void awaitDrained_interrupted_givesTheBodyUp() {
        held.onSubscribe(publisher);
        held.drain(10);
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> held.awaitDrained(1_000_000_000));
        assertThat(publisher.cancelled).isTrue();
    }
}
