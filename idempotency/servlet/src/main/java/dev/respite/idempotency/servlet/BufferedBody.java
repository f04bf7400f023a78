package dev.respite.idempotency.servlet;

import dev.respite.idempotency.body.ResponseBody;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.function.Consumer;

/** The body of a response, buffered until it is sent. Writes to a sealed body are ignored. */
final class BufferedBody extends ServletOutputStream {

    private final ResponseBody content;
    private final Consumer<Runnable> container;
    private boolean sealed;

    /**
     * Creates an empty body.
     *
     * @param content receives the bytes
     * @param container runs callbacks of non-blocking writers
     */
    BufferedBody(ResponseBody content, Consumer<Runnable> container) {
        this.content = content;
        this.container = container;
    }

    void seal() {
        sealed = true;
    }

    @Override
    public void write(int b) throws IOException {
        if (!sealed) {
            content.write(b);
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        if (!sealed) {
            content.write(from, offset, length);
        }
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        container.accept(() -> {
            try {
                listener.onWritePossible();
            } catch (IOException | RuntimeException failure) {
                listener.onError(failure);
            }
        });
    }
}
