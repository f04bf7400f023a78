package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.Test;

/** A body in memory, delivered as a body from the wire is. */
class ReplayTest {

    private static final List<ByteBuffer> LINES =
            List.of(ByteBuffer.wrap("one\ntwo\n".getBytes(StandardCharsets.US_ASCII)));

    private final List<String> signals = new ArrayList<>();
    private final List<Runnable> executed = new ArrayList<>();

    private void deliver(List<ByteBuffer> bytes, Throwable failure, Subscriber<? super List<ByteBuffer>> subscriber) {
        new Replay(subscriber, bytes, executed::add, bug -> signals.add("bug")).deliver(failure);
    }

    private class Recording<T> implements Subscriber<T> {
        private final long requestsAtOnce;
        Subscription subscription;

        Recording(long requestsAtOnce) {
            this.requestsAtOnce = requestsAtOnce;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            if (requestsAtOnce != 0) {
                given.request(requestsAtOnce);
            }
            signals.add("subscribed");
        }

        @Override
        public void onNext(T item) {
            signals.add(item instanceof String line ? line : "bytes");
        }

        @Override
        public void onError(Throwable error) {
            signals.add(error.getMessage());
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }

    @Test
    void deliver_requestedAtOnce_deliversAfterOnSubscribe() {
        deliver(LINES, null, new Recording<>(1));
        assertThat(signals).containsExactly("subscribed", "bytes", "complete");
    }

    @Test
    void deliver_requestedLater_deliversInTheExecutorOnce() {
        Recording<Object> late = new Recording<>(0);
        deliver(LINES, null, late);
        late.subscription.request(1);
        late.subscription.request(1);
        assertThat(signals).containsExactly("subscribed");
        executed.forEach(Runnable::run);
        assertThat(signals).containsExactly("subscribed", "bytes", "complete");
    }

    /** There is no caller who would get the exception of a late delivery. */
    @Test
    void deliver_requestedLaterByASubscriberThatThrows_reportsTheBug() {
        Recording<Object> late = new Recording<>(0) {
            @Override
            public void onNext(Object item) {
                throw new IllegalStateException("bug");
            }
        };
        deliver(LINES, null, late);
        late.subscription.request(1);
        executed.forEach(Runnable::run);
        assertThat(signals).containsExactly("subscribed", "bug");
    }

    @Test
    void deliver_cancelledBeforeItIsDelivered_deliversNothing() {
        Recording<Object> late = new Recording<>(0);
        deliver(LINES, null, late);
        late.subscription.request(1);
        late.subscription.cancel();
        executed.forEach(Runnable::run);
        assertThat(signals).containsExactly("subscribed");
    }

    @Test
    void deliver_cancelledWithTheBody_doesNotComplete() {
        deliver(LINES, null, new Recording<Object>(1) {
            @Override
            public void onNext(Object item) {
                super.onNext(item);
                subscription.cancel();
            }
        });
        assertThat(signals).containsExactly("subscribed", "bytes");
    }

    @Test
    void deliver_requestOfNothing_isAnError() {
        deliver(LINES, null, new Recording<>(-1));
        assertThat(signals).containsExactly("request(-1): request at least one item", "subscribed");
    }

    @Test
    void deliver_failure_isDeliveredInsteadOfTheBody() {
        deliver(LINES, new IOException("cut"), new Recording<>(1));
        assertThat(signals).containsExactly("subscribed", "cut");
    }

    @Test
    void deliver_emptyBody_completes() {
        deliver(List.of(), null, new Recording<>(0));
        assertThat(signals).containsExactly("subscribed", "complete");
    }

    /** The JDK's adapter of lines completes its result too early if the body is delivered inside a request. */
    @Test
    void deliver_toALineSubscriber_completesItsResultAfterTheLines() {
        BodySubscriber<Void> lines = BodySubscribers.fromLineSubscriber(new Recording<String>(Long.MAX_VALUE));
        lines.getBody().thenRun(() -> signals.add("result"));
        deliver(LINES, null, lines);
        assertThat(signals).containsExactly("subscribed", "one", "two", "complete", "result");
    }
}
