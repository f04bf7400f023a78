package dev.respite.http;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;

/** A request body whose signals the test emits, to the newest subscriber. */
final class EmittedBody implements BodyPublisher, Subscription {

    final List<Subscriber<? super ByteBuffer>> subscribers = new ArrayList<>();
    final List<Long> requests = new ArrayList<>();
    boolean cancelled;

    private final long length;

    EmittedBody(long length) {
        this.length = length;
    }

    @Override
    public long contentLength() {
        return length;
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        subscribers.add(subscriber);
        subscriber.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        requests.add(n);
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    private Subscriber<? super ByteBuffer> newest() {
        return subscribers.get(subscribers.size() - 1);
    }

    void emit(String text) {
        emit(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    void emit(ByteBuffer item) {
        newest().onNext(item);
    }

    void complete() {
        newest().onComplete();
    }

    void fail(Throwable failure) {
        newest().onError(failure);
    }
}
