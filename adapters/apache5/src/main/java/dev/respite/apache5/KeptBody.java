package dev.respite.apache5;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.jspecify.annotations.Nullable;

/** The body of a response, up to a limit. A longer one is passed on as it arrives, to a consumer if there is one. */
final class KeptBody implements AsyncDataConsumer {

    private final int maxBytes;
    private final Supplier<@Nullable AsyncDataConsumer> onTooLong;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);
    private boolean tooLong;
    private @Nullable AsyncDataConsumer rest;
    private @Nullable List<? extends Header> trailers;

    /** The number of bytes that were received and are not yet given back to the flow control. */
    private int consumed;

    KeptBody(int maxBytes, Supplier<@Nullable AsyncDataConsumer> onTooLong) {
        this.maxBytes = maxBytes;
        this.onTooLong = onTooLong;
    }

    @Override
    public void consume(ByteBuffer source) throws IOException {
        if (rest != null) {
            rest.consume(source);
            return;
        }
        byte[] chunk = new byte[source.remaining()];
        source.get(chunk);
        if (tooLong) {
            return;
        }
        consumed += chunk.length;
        bytes.writeBytes(chunk);
        if (bytes.size() > maxBytes) {
            tooLong = true;
            rest = onTooLong.get();
            if (rest != null) {
                rest.consume(ByteBuffer.wrap(bytes.toByteArray()));
                bytes.reset();
            }
        }
    }

    /** Permits as much as has arrived, so that the server is never ahead of a consumer by more than the first window. */
    @Override
    public void updateCapacity(CapacityChannel channel) throws IOException {
        if (rest != null) {
            rest.updateCapacity(channel);
        } else if (consumed > 0) {
            channel.update(consumed);
            consumed = 0;
        }
    }

    @Override
    public void streamEnd(@Nullable List<? extends Header> fields) throws HttpException, IOException {
        if (rest != null) {
            rest.streamEnd(fields);
        }
        trailers = fields;
    }

    @Override
    public void releaseResources() {
        if (rest != null) {
            rest.releaseResources();
        }
    }

    /** Gives the whole body to its consumer, when it has ended. */
    void replay(AsyncDataConsumer consumer) throws HttpException, IOException {
        if (bytes.size() > 0) {
            consumer.consume(ByteBuffer.wrap(bytes.toByteArray()));
        }
        consumer.streamEnd(trailers);
    }
}
