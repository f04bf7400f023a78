package dev.respite.apache5;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.jspecify.annotations.Nullable;

/** The body of a rejected response, no more of it than the first window of the flow control, and not above a limit. */
final class KeptBody implements AsyncDataConsumer {

    private final Runnable onTooLong;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);
    private @Nullable List<? extends Header> trailers;

    KeptBody(Runnable onTooLong) {
        this.onTooLong = onTooLong;
    }

    @Override
    public void consume(ByteBuffer source) {
        byte[] chunk = new byte[source.remaining()];
        source.get(chunk);
        bytes.writeBytes(chunk);
        if (bytes.size() > ApacheTransport.MAX_BODY) {
            onTooLong.run();
        }
    }

    @Override
    public void updateCapacity(CapacityChannel channel) {}

    @Override
    public void streamEnd(@Nullable List<? extends Header> fields) {
        trailers = fields;
    }

    @Override
    public void releaseResources() {}

    /** Gives the whole body to its consumer, when it has ended. */
    void replay(AsyncDataConsumer consumer) throws HttpException, IOException {
        if (bytes.size() > 0) {
            consumer.consume(ByteBuffer.wrap(bytes.toByteArray()));
        }
        consumer.streamEnd(trailers);
    }
}
