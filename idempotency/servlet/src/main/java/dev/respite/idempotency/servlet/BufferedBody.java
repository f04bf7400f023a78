package dev.respite.idempotency.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Consumer;

/** The body of a response, buffered until it is sent. Writes to a sealed body are ignored. */
final class BufferedBody extends ServletOutputStream {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Consumer<Runnable> container;
    private boolean sealed;

    /**
     * Creates an empty body.
     *
     * @param container runs callbacks of non-blocking writers
     */
    BufferedBody(Consumer<Runnable> container) {
        this.container = container;
    }

    void seal() {
        sealed = true;
    }

    void clear() {
        bytes.reset();
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }

    @Override
    public void write(int b) {
        if (!sealed) {
            bytes.write(b);
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        if (!sealed) {
            bytes.write(from, offset, length);
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
