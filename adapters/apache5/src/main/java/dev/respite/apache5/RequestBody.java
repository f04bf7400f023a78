package dev.respite.apache5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/**
 * The body of the request in one attempt. The next attempt resets its producer, so it begins when this one uses it no more.
 *
 * <pre>
 *          produce          close
 *   OPEN ─────────► BUSY ─────────► CLOSING
 *    ▲               │                 │ produced
 *    └───────────────┘                 ▼
 *    └────────────── close ─────────► CLOSED
 * </pre>
 */
final class RequestBody implements AsyncEntityProducer {

    private final AsyncEntityProducer producer;
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile boolean begun;
    private volatile boolean ended;

    private enum State {
        OPEN,
        BUSY,
        CLOSING,
        CLOSED
    }

    RequestBody(AsyncEntityProducer producer) {
        this.producer = producer;
    }

    boolean hasBegun() {
        return begun;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Ends the use of the producer. The returned future is completed when it is not used any more. */
    CompletableFuture<Void> close() {
        while (state.get() == State.OPEN || state.get() == State.BUSY) {
            if (state.compareAndSet(State.OPEN, State.CLOSED)) {
                closed.complete(null);
            } else if (state.compareAndSet(State.BUSY, State.CLOSING)) {
                return closed;
            }
        }
        return closed;
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
        if (!state.compareAndSet(State.OPEN, State.BUSY)) {
            throw new IOException("the attempt has ended");
        }
        begun = true;
        try {
            producer.produce(new Channel(channel));
        } finally {
            if (!state.compareAndSet(State.BUSY, State.OPEN)) {
                state.set(State.CLOSED);
                closed.complete(null);
            }
        }
    }

    /** Notices the end of the body. */
    private final class Channel implements DataStreamChannel {

        private final DataStreamChannel channel;

        Channel(DataStreamChannel channel) {
            this.channel = channel;
        }

        @Override
        public void requestOutput() {
            channel.requestOutput();
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return channel.write(source);
        }

        @Override
        public void endStream() throws IOException {
            ended = true;
            channel.endStream();
        }

        @Override
        public void endStream(List<? extends Header> trailers) throws IOException {
            ended = true;
            channel.endStream(trailers);
        }
    }

    /** Resets the producer for a request with credentials, in the same attempt. */
    @Override
    public void releaseResources() {
        if (state.get() == State.OPEN) {
            ended = false;
            producer.releaseResources();
        }
    }

    /** The call may go on. */
    @Override
    public void failed(Exception cause) {}

    @Override
    public int available() {
        return producer.available();
    }

    @Override
    public boolean isRepeatable() {
        return producer.isRepeatable();
    }

    @Override
    public long getContentLength() {
        return producer.getContentLength();
    }

    @Override
    public String getContentType() {
        return producer.getContentType();
    }

    @Override
    public String getContentEncoding() {
        return producer.getContentEncoding();
    }

    @Override
    public boolean isChunked() {
        return producer.isChunked();
    }

    @Override
    public Set<String> getTrailerNames() {
        return producer.getTrailerNames();
    }
}
