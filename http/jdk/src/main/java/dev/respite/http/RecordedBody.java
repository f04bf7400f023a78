package dev.respite.http;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A request body that can be read only once, made repeatable by a record. Later attempts get the record and then the rest of
 * the source. A body that is longer than the limit is not kept: it stays one-shot.
 *
 * <p>The source is subscribed to once. It emits when the subscriber of the current attempt requests, so a slow server slows
 * it down as without a record. Signals of the source and of the attempt meet in a loop that one thread at a time runs.
 */
final class RecordedBody implements BodyPublisher {

    private final BodyPublisher source;
    private final long limit;
    private final Runnable onOverflow;

    private final AtomicInteger missed = new AtomicInteger();
    private final Queue<ByteBuffer> emitted = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Subscription upstream;
    private volatile @Nullable End end;
    private final AtomicReference<Reading> reading = new AtomicReference<>(new Reading(null, false));
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean closed;

    // Only the loop touches these. Delivered elements of a body that is too long are null.
    private final List<@Nullable ByteBuffer> record = new ArrayList<>();
    private long size;
    private boolean requested;

    /**
     * Who reads, and whether the record has ended. They change together: a record ends only while an attempt reads.
     *
     * @param reader the subscription of the attempt that reads; null between attempts
     * @param overflowed whether the body is longer than is kept
     */
    private record Reading(@Nullable Reader reader, boolean overflowed) {}

    /** The end of the source; a null error is its regular end. */
    private record End(@Nullable Throwable error) {}

    /**
     * Records a body.
     *
     * @param limit how many bytes are kept, 0 for none
     * @param onOverflow called once, when the body turns out to be longer
     */
    RecordedBody(BodyPublisher source, long limit, Runnable onOverflow) {
        this.source = source;
        this.limit = limit;
        this.onOverflow = onOverflow;
    }

    /** Returns whether another attempt would get the same bytes. */
    boolean isReplayable() {
        return !reading.get().overflowed();
    }

    /** The attempt that reads has ended. What the source emits until the next one begins is kept, and so is the record. */
    void pause() {
        Reading before = reading.getAndUpdate(now -> new Reading(null, now.overflowed()));
        if (before.reader() != null) {
            before.reader().cancel();
        }
    }

    /** Returns whether the caller's publisher has failed. */
    boolean hasFailed() {
        End last = end;
        return last != null && last.error() != null;
    }

    /** The call has ended: no further attempt reads the body. One that still reads it is not disturbed. */
    void close() {
        closed = true;
        advance();
    }

    @Override
    public long contentLength() {
        return source.contentLength();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        Reader reader = new Reader(subscriber);
        if (!isTakenOverBy(reader)) {
            // Within an attempt, by a redirect for example. As without a record: the source may be able to begin anew.
            source.subscribe(subscriber);
            return;
        }
        subscriber.onSubscribe(reader);
        if (begun.compareAndSet(false, true)) {
            source.subscribe(new Source());
        } else {
            advance();
        }
    }

    private boolean isTakenOverBy(Reader reader) {
        Reading before = reading.getAndUpdate(now -> now.overflowed() ? now : new Reading(reader, false));
        if (before.overflowed()) {
            return false;
        }
        if (before.reader() != null) {
            before.reader().cancel();
        }
        return true;
    }

    /** Returns whether the record ends here, because the reader has got more than is kept. */
    private boolean overflows() {
        Reading now = reading.get();
        Reader reader = now.reader();
        if (now.overflowed() || size <= limit || reader == null || reader.cancelled) {
            return false;
        }
        if (!reading.compareAndSet(now, new Reading(reader, true))) {
            // Its attempt has just ended: what comes now is kept for the next one.
            return false;
        }
        Collections.fill(record.subList(0, reader.position), null);
        return true;
    }

    private void advance() {
        if (missed.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                step();
            } catch (Throwable bug) {
                end = new End(bug);
            }
            seen = missed.addAndGet(-seen);
        } while (seen != 0);
    }

    private void step() {
        keepEmitted();
        Reader reader = reading.get().reader();
        if (reader != null && !reader.cancelled) {
            deliver(reader);
        } else if (closed) {
            record.clear();
            Subscription subscription = upstream;
            if (subscription != null && end == null) {
                subscription.cancel();
            }
        }
    }

    private void keepEmitted() {
        for (ByteBuffer bytes = emitted.poll(); bytes != null; bytes = emitted.poll()) {
            requested = false;
            size += bytes.remaining();
            if (overflows()) {
                onOverflow.run();
            }
            record.add(isReplayable() ? copy(bytes) : bytes);
        }
    }

    private void deliver(Reader reader) {
        while (reader.demand.get() > 0 && reader.position < record.size()) {
            ByteBuffer bytes = Objects.requireNonNull(record.get(reader.position), "was delivered");
            if (closed || !isReplayable()) {
                record.set(reader.position, null);
            }
            reader.position++;
            reader.demand.decrementAndGet();
            reader.subscriber.onNext(bytes.asReadOnlyBuffer());
            if (reader.cancelled) {
                return;
            }
        }
        End last = end;
        if (reader.position < record.size() || !emitted.isEmpty()) {
            return;
        }
        if (last != null) {
            reader.finish(last.error());
        } else if (!requested && reader.demand.get() > 0) {
            Subscription subscription = upstream;
            if (subscription != null) {
                requested = true;
                subscription.request(1);
            }
        }
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    /** The source's subscriber. */
    private final class Source implements Subscriber<ByteBuffer> {

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            advance();
        }

        @Override
        public void onNext(ByteBuffer bytes) {
            emitted.add(bytes);
            advance();
        }

        @Override
        public void onError(Throwable error) {
            end = new End(error);
            advance();
        }

        @Override
        public void onComplete() {
            end = new End(null);
            advance();
        }
    }

    /** The subscription of one attempt. */
    private final class Reader implements Subscription {

        private final Subscriber<? super ByteBuffer> subscriber;
        private final AtomicLong demand = new AtomicLong();
        private volatile boolean cancelled;
        private int position;

        Reader(Subscriber<? super ByteBuffer> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            if (n <= 0) {
                cancelled = true;
                subscriber.onError(new IllegalArgumentException("request(" + n + "): request at least one item"));
                return;
            }
            demand.accumulateAndGet(n, (now, more) -> now + more < 0 ? Long.MAX_VALUE : now + more);
            advance();
        }

        /** Ends this attempt's reading. The source waits for the next attempt, or is cancelled if the call has ended. */
        @Override
        public void cancel() {
            cancelled = true;
            if (closed) {
                advance();
            }
        }

        void finish(@Nullable Throwable error) {
            cancelled = true;
            if (error == null) {
                subscriber.onComplete();
            } else {
                subscriber.onError(error);
            }
        }
    }
}
