package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A deferred body by itself, against a publisher that keeps to the contract: after a cancellation it signals nothing. */
class DeferredBodyTest {

    private final DeferredBody body = new DeferredBody(Runnable::run);
    private final VirtualTime time = new VirtualTime();
    private final Publisher publisher = new Publisher();

    /** The numbers of items requested of the publisher. */
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
    void getBody_withTheHeaders_isCompleteAndNothingIsRequested() {
        CompletableFuture<DeferredBody> result = body.getBody().toCompletableFuture();
        assertThat(result).isNotDone();

        body.onSubscribe(publisher);

        assertThat(result).isCompletedWithValue(body);
        assertThat(publisher.requested).isZero();
    }

    @Test
    void onSubscribe_second_isCancelled() {
        Publisher second = new Publisher();
        body.onSubscribe(publisher);
        body.onSubscribe(second);

        assertThat(second.cancelled).isTrue();
        assertThat(publisher.cancelled).isFalse();
    }

    @Test
    void readBy_body_reachesTheReader() {
        BodySubscriber<String> reader = text();
        body.onSubscribe(publisher);
        body.readBy(reader);
        assertThat(publisher.requested).isPositive();
        body.onNext(bytes(2));
        body.onNext(bytes(1));
        body.onComplete();

        assertThat(reader.getBody().toCompletableFuture()).isCompletedWithValue("xxx");
    }

    @Test
    void readBy_bodyThatHasEnded_endsForTheReader() {
        BodySubscriber<String> reader = text();
        body.onSubscribe(publisher);
        body.onComplete();
        body.readBy(reader);

        assertThat(reader.getBody().toCompletableFuture()).isCompletedWithValue("");
    }

    @Test
    void readBy_bodyThatBreaksOff_failsForTheReader() {
        BodySubscriber<String> reader = text();
        body.onSubscribe(publisher);
        body.readBy(reader);
        body.onNext(bytes(2));
        IOException broken = new IOException("broken");
        body.onError(broken);

        assertThat(reader.getBody())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCause(broken);
    }

    @Test
    void cut_bodyThatIsBeingRead_isNeverTakenForTheWhole() {
        BodySubscriber<String> reader = text();
        body.onSubscribe(publisher);
        body.readBy(reader);
        body.onNext(bytes(2));

        body.cut("test");

        assertThat(publisher.cancelled).isTrue();
        assertThat(reader.getBody())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IOException.class)
                .withMessage("the body of this response was given up: test");
    }

    @Test
    void buffer_shortBody_isReleasedAtItsEndAndReplayed() throws Exception {
        body.onSubscribe(publisher);
        body.buffer(-1, time);
        assertThat(publisher.requested).isPositive();
        body.onNext(bytes(2));
        body.onNext(bytes(1));
        assertThat(body.isReleased()).isFalse();
        body.onComplete();

        assertThat(body.isReleased()).isTrue();
        body.awaitReleased(TimeUnit.SECONDS.toNanos(5));
        assertThat(publisher.cancelled).isFalse();
        BodySubscriber<String> reader = text();
        body.readBy(reader);
        assertThat(reader.getBody().toCompletableFuture()).isCompletedWithValue("xxx");
        assertThat(body.lost()).isEmpty();
    }

    @Test
    void buffer_emptyBody_isReplayedAsEmpty() {
        body.onSubscribe(publisher);
        body.buffer(0, time);
        body.onComplete();
        BodySubscriber<String> reader = text();
        body.readBy(reader);
        assertThat(reader.getBody().toCompletableFuture()).isCompletedWithValue("");
    }

    @Test
    void buffer_bodyThatIsDeclaredAsLongAsTheLimit_isReplayed() {
        body.onSubscribe(publisher);
        body.buffer(DeferredBody.MAX_BUFFERED, time);
        body.onNext(bytes((int) DeferredBody.MAX_BUFFERED));
        body.onComplete();
        BodySubscriber<String> reader = text();
        body.readBy(reader);

        assertThat(reader.getBody().toCompletableFuture())
                .isCompletedWithValue("x".repeat((int) DeferredBody.MAX_BUFFERED));
    }

    @Test
    void buffer_bodyThatIsDeclaredTooLong_isCutUnread() {
        body.onSubscribe(publisher);
        body.buffer(DeferredBody.MAX_BUFFERED + 1, time);
        assertThat(publisher.requested).isZero();
        assertThat(publisher.cancelled).isTrue();
        assertThat(body.isReleased()).isTrue();
    }

    @Test
    void buffer_bodyOverTheLimit_isCutAndTheReaderGetsTheReason() {
        body.onSubscribe(publisher);
        body.buffer(-1, time);
        body.onNext(bytes((int) DeferredBody.MAX_BUFFERED));
        assertThat(publisher.cancelled).isFalse();
        body.onNext(bytes(1));

        assertThat(publisher.cancelled).isTrue();
        assertThat(body.isReleased()).isTrue();
        BodySubscriber<String> reader = text();
        body.readBy(reader);
        assertThat(reader.getBody())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(IOException.class)
                .withMessageContaining("longer than 65536 bytes");
        assertThat(body.lost()).isPresent();
    }

    @Test
    void buffer_bodyThatDoesNotArrive_isCutAfter100Milliseconds() {
        body.onSubscribe(publisher);
        body.buffer(-1, time);
        time.advance(Duration.ofMillis(99));
        assertThat(publisher.cancelled).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(publisher.cancelled).isTrue();
        assertThat(body.lost()).isPresent();
    }

    @Test
    void buffer_bodyThatBreaksOff_isLost() throws Exception {
        body.onSubscribe(publisher);
        body.buffer(-1, time);
        body.onNext(bytes(2));
        IOException broken = new IOException("broken");
        body.onError(broken);

        body.awaitReleased(TimeUnit.SECONDS.toNanos(5));
        assertThat(body.lost()).contains(broken);
    }

    @Test
    void awaitReleased_bodyThatDoesNotEnd_isCut() throws Exception {
        body.onSubscribe(publisher);
        body.buffer(-1, time);

        body.awaitReleased(1);

        assertThat(publisher.cancelled).isTrue();
    }

    @Test
    void awaitReleased_interrupted_cutsTheBody() {
        body.onSubscribe(publisher);
        body.buffer(-1, time);
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> body.awaitReleased(1_000_000_000));
        assertThat(publisher.cancelled).isTrue();
    }

    @Test
    void whenReleased_runsOnceTheBodyHasEnded() {
        AtomicInteger runs = new AtomicInteger();
        body.onSubscribe(publisher);
        body.buffer(-1, time);
        body.whenReleased(runs::incrementAndGet);
        assertThat(runs).hasValue(0);
        body.onComplete();
        assertThat(runs).hasValue(1);
    }

    @Test
    void readBy_aReaderThatThrowsAtTheEnd_isNotifiedOfItsFailure() {
        RuntimeException bug = new IllegalStateException("bug");
        List<Throwable> errors = new ArrayList<>();
        body.onSubscribe(publisher);
        body.readBy(new Flow.Subscriber<List<ByteBuffer>>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {}

            @Override
            public void onNext(List<ByteBuffer> bytes) {}

            @Override
            public void onError(Throwable error) {
                errors.add(error);
            }

            @Override
            public void onComplete() {
                throw bug;
            }
        });
        body.onComplete();
        assertThat(errors).containsExactly(bug);
    }

    @Test
    void abandon_beforeTheBodyArrives_cutsItWhenItDoes() {
        body.abandon();
        body.onSubscribe(publisher);
        assertThat(publisher.cancelled).isTrue();
    }
}
