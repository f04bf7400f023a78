package dev.respite.reactor;

import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** A subscriber that keeps the signals it receives. In virtual time a test reads them without a wait. */
final class Received<T> extends BaseSubscriber<T> {

    /** The last signal of a publisher that has not failed. */
    static final String COMPLETED = "completed";

    private final List<Object> signals = new ArrayList<>();
    private final long first;

    private Received(long first) {
        this.first = first;
    }

    static <T> Received<T> from(Publisher<T> publisher) {
        return from(publisher, Long.MAX_VALUE);
    }

    /** Subscribes, and requests so many elements at first. */
    static <T> Received<T> from(Publisher<T> publisher, long first) {
        Received<T> received = new Received<>(first);
        publisher.subscribe(received);
        return received;
    }

    /** Returns the elements, and what ended them: {@link #COMPLETED} or an exception. */
    List<Object> signals() {
        return signals;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        if (first > 0) {
            request(first);
        }
    }

    @Override
    protected void hookOnNext(T element) {
        signals.add(element);
    }

    @Override
    protected void hookOnError(Throwable error) {
        signals.add(error);
    }

    @Override
    protected void hookOnComplete() {
        signals.add(COMPLETED);
    }
}
