package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.time.VirtualTime;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.Test;

/** Only time in which the reader waits for the server is silence. */
class SilenceLimitTest {

    private final VirtualTime time = new VirtualTime();
    private final Reader reader = new Reader();
    private final SilenceLimit<String> limit = new SilenceLimit<>(reader, SilenceLimit.DEFAULT, time);
    private boolean cancelled;

    private void subscribe() {
        limit.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                cancelled = true;
            }
        });
    }

    private static final class Reader implements BodySubscriber<String> {

        final CompletableFuture<String> body = new CompletableFuture<>();
        Subscription subscription;

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {}

        @Override
        public void onError(Throwable error) {
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
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

        assertThat(reader.body.handle((body, error) -> error).join())
                .isInstanceOf(HttpTimeoutException.class)
                .hasMessage("no byte of the body for 30000 ms; the limit is attempt-timeout, or 30 s without one");
        assertThat(cancelled).isTrue();
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
