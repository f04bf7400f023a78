package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.Test;

/** Only time in which the reader waits for the server is silence. */
class SilenceLimitTest {

    private final VirtualTime time = new VirtualTime();
    private final Reader reader = new Reader();
    private final SilenceLimit<String> limit = new SilenceLimit<>(reader, SilenceLimit.DEFAULT, time);
    private final List<Long> requests = new ArrayList<>();
    private boolean cancelled;

    private void subscribe() {
        subscribe(limit);
    }

    private void subscribe(SilenceLimit<String> subscriber) {
        subscriber.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                requests.add(n);
            }

            @Override
            public void cancel() {
                cancelled = true;
            }
        });
    }

    private static final class Reader implements BodySubscriber<String> {

        final CompletableFuture<String> body = new CompletableFuture<>();
        final List<List<ByteBuffer>> received = new ArrayList<>();
        Subscription subscription;
        Runnable onReceipt = () -> {};
        int ends;

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {
            received.add(bytes);
            onReceipt.run();
        }

        @Override
        public void onError(Throwable error) {
            ends++;
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            ends++;
            body.complete("all");
        }
    }

    private void bytesAfter(int seconds) {
        time.advance(Duration.ofSeconds(seconds));
        limit.onNext(List.of(ByteBuffer.allocate(1)));
    }

    @Test
    void onNext_bodyOfMinutesWithProgress_isNotCut() {
        subscribe();
        reader.subscription.request(Long.MAX_VALUE);
        for (int i = 0; i < 20; i++) {
            bytesAfter(29);
        }
        limit.onComplete();

        assertThat(reader.body).isCompletedWithValue("all");
        assertThat(cancelled).isFalse();
    }

    @Test
    void onNext_silenceOf30Seconds_endsTheBody() {
        subscribe();
        reader.subscription.request(Long.MAX_VALUE);
        bytesAfter(29);
        time.advance(Duration.ofMillis(29_999));
        assertThat(reader.body).isNotDone();
        time.advance(Duration.ofMillis(1));

        assertThat(reader.body)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(HttpTimeoutException.class)
                .withMessage("no byte of the body for 30000 ms; the limit is attempt-timeout, or 30 s without one");
        assertThat(cancelled).isTrue();
    }

    @Test
    void onNext_bytesAfterTheSilence_areNotDelivered() {
        subscribe();
        reader.subscription.request(Long.MAX_VALUE);
        bytesAfter(1);
        bytesAfter(30);
        limit.onComplete();
        limit.onError(new IOException("cut"));

        assertThat(reader.received).hasSize(1);
        assertThat(reader.ends).isEqualTo(1);
        assertThat(reader.body).isCompletedExceptionally();
    }

    @Test
    void onNext_readerThatTakesLong_isNoSilence() {
        subscribe();
        reader.subscription.request(2);
        reader.onReceipt = () -> time.advance(Duration.ofSeconds(70));
        bytesAfter(1);
        assertThat(reader.body).isNotDone();

        time.advance(Duration.ofSeconds(29));
        assertThat(reader.body).isNotDone();
        time.advance(Duration.ofSeconds(1));
        assertThat(reader.body).isCompletedExceptionally();
    }

    /** A publisher may serve a request inside of it, up to a depth. */
    @Test
    void onNext_insideARequestOfTheReader_isDelivered() {
        subscribe();
        reader.subscription.request(1);
        reader.onReceipt = () -> {
            reader.onReceipt = () -> {};
            reader.subscription.request(1);
            limit.onNext(List.of(ByteBuffer.allocate(2)));
        };
        bytesAfter(1);
        bytesAfter(1);

        assertThat(reader.received)
                .extracting(bytes -> bytes.get(0).remaining())
                .containsExactly(1, 2, 1);
    }

    @Test
    void request_readerThatRequestsNothing_isNoSilence() {
        subscribe();
        reader.subscription.request(1);
        bytesAfter(1);
        time.advance(Duration.ofHours(1));
        assertThat(reader.body).isNotDone();

        reader.subscription.request(1);
        time.advance(Duration.ofSeconds(29));
        assertThat(reader.body).isNotDone();
        time.advance(Duration.ofSeconds(1));
        assertThat(reader.body).isCompletedExceptionally();
    }

    @Test
    void request_readerThatPauses_beginsTheSilenceAnew() {
        subscribe();
        reader.subscription.request(1);
        bytesAfter(1);
        time.advance(Duration.ofSeconds(20));
        reader.subscription.request(1);

        time.advance(Duration.ofSeconds(29));
        assertThat(reader.body).isNotDone();
        time.advance(Duration.ofSeconds(1));
        assertThat(reader.body).isCompletedExceptionally();
    }

    @Test
    void request_readerThatRequestsMoreInTheSilence_doesNotProlongIt() {
        subscribe();
        reader.subscription.request(2);
        time.advance(Duration.ofSeconds(20));
        reader.subscription.request(3);
        time.advance(Duration.ofSeconds(10));

        assertThat(requests).containsExactly(2L, 3L);
        assertThat(reader.body).isCompletedExceptionally();
    }

    @Test
    void request_someOfWhichIsServed_isStillASilence() {
        subscribe();
        reader.subscription.request(2);
        bytesAfter(1);
        time.advance(Duration.ofSeconds(30));

        assertThat(reader.body).isCompletedExceptionally();
    }

    /** The sum of these requests is 0 in 64 bits. */
    @Test
    void request_moreThanCanBeCounted_isStillASilence() {
        subscribe();
        reader.subscription.request(Long.MAX_VALUE);
        reader.subscription.request(Long.MAX_VALUE);
        reader.subscription.request(2);
        time.advance(Duration.ofSeconds(30));

        assertThat(reader.body).isCompletedExceptionally();
    }

    /** The publisher answers with an error. */
    @Test
    void request_negativeNumber_isPassedOnAndCountsNothing() {
        subscribe();
        reader.subscription.request(1);
        reader.subscription.request(-1);
        time.advance(Duration.ofSeconds(30));

        assertThat(requests).containsExactly(1L, -1L);
        assertThat(reader.body).isCompletedExceptionally();
    }

    @Test
    void onComplete_ofTheBody_leavesNoAlarm() {
        subscribe();
        reader.subscription.request(Long.MAX_VALUE);
        limit.onComplete();
        limit.onComplete();
        reader.subscription.request(1);
        time.runAll();

        assertThat(time.nanoTime()).isZero();
        assertThat(reader.ends).isEqualTo(1);
        assertThat(limit.getBody().toCompletableFuture()).isCompletedWithValue("all");
    }

    @Test
    void onComplete_beforeAnythingIsRequested_leavesNoAlarmToALaterRequest() {
        subscribe();
        limit.onComplete();
        reader.subscription.request(1);
        time.runAll();

        assertThat(time.nanoTime()).isZero();
        assertThat(reader.body).isCompletedWithValue("all");
    }

    @Test
    void onError_ofTheBody_isPassedOnAndLeavesNoAlarm() {
        IOException broken = new IOException("broken");
        subscribe();
        reader.subscription.request(Long.MAX_VALUE);
        limit.onError(broken);
        limit.onError(new IOException("second"));
        time.runAll();

        assertThat(time.nanoTime()).isZero();
        assertThat(reader.ends).isEqualTo(1);
        assertThat(reader.body).failsWithin(Duration.ZERO).withThrowableThat().withCause(broken);
    }

    @Test
    void cancel_readerThatGivesUp_leavesNoAlarm() {
        subscribe();
        reader.subscription.request(Long.MAX_VALUE);
        reader.subscription.cancel();
        time.runAll();

        assertThat(time.nanoTime()).isZero();
        assertThat(cancelled).isTrue();
        assertThat(reader.body).isNotDone();
    }

    @Test
    void cancel_afterTheAlarmAndBeforeItsCheck_isNoSilence() {
        List<Runnable> checks = new ArrayList<>();
        TimeSource.Forwarding busy = new TimeSource.Forwarding() {
            @Override
            public Executor executor() {
                return checks::add;
            }

            @Override
            public TimeSource delegate() {
                return time;
            }
        };
        SilenceLimit<String> limited = new SilenceLimit<>(reader, SilenceLimit.DEFAULT, busy);
        subscribe(limited);
        limited.request(1);
        time.advance(Duration.ofSeconds(30));
        limited.cancel();
        checks.forEach(Runnable::run);

        assertThat(checks).hasSize(1);
        assertThat(reader.body).isNotDone();
    }

    @Test
    void isFor_handlersOfTheJdk_areStreamsOrNot() {
        assertThat(isFor(BodyHandlers.ofLines(), BodySubscribers.ofLines(java.nio.charset.StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(isFor(BodyHandlers.ofFile(Path.of("x")), BodySubscribers.ofFile(Path.of("x"))))
                .isTrue();
        assertThat(isFor(info -> BodySubscribers.ofInputStream(), BodySubscribers.ofInputStream()))
                .isTrue();
        assertThat(isFor(BodyHandlers.ofPublisher(), BodySubscribers.ofPublisher()))
                .isTrue();
        assertThat(isFor(BodyHandlers.ofByteArray(), BodySubscribers.ofByteArray()))
                .isFalse();
    }

    private static <T> boolean isFor(BodyHandler<T> handler, BodySubscriber<T> subscriber) {
        return SilenceLimit.isFor(handler, subscriber);
    }
}
