package dev.respite.idempotency.body;

import dev.respite.idempotency.store.StoredResponse;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response until it is sent: in memory, and beyond a limit in a temporary file, which is not stored for replays.
 *
 * <p>Only the owner of the process can read the file. It is deleted by {@link #discard()}, and on Unix it has no name from the
 * beginning, so the end of the process deletes it too. Not safe for use by several threads at the same time.
 */
public final class ResponseBody extends OutputStream {

    private static final int BUFFER = 1 << 16;

    private final int maxInMemory;
    private final long maxLength;
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable FileChannel file;
    private OutputStream out = memory;
    private long length;
    private boolean isTooLong;
    private @Nullable IOException broken;

    /**
     * Creates an empty body.
     *
     * @param maxInMemory the maximum length in memory, in bytes
     * @param maxLength the maximum length at all, in bytes
     */
    public ResponseBody(int maxInMemory, long maxLength) {
        this.maxInMemory = maxInMemory;
        this.maxLength = maxLength;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
        isTooLong |= count > maxLength - length;
        requireWhole();
        try {
            makeRoom(count);
            out.write(from, offset, count);
        } catch (IOException failure) {
            broken = failure;
            throw failure;
        }
        length += count;
    }

    private void makeRoom(int count) throws IOException {
        if (file == null && length + count > maxInMemory) {
            FileChannel opened = open();
            file = opened;
            out = new BufferedOutputStream(Channels.newOutputStream(opened), BUFFER);
            memory.writeTo(out);
            memory.reset();
        }
    }

    private static FileChannel open() throws IOException {
        Path path = Files.createTempFile("respite-response-", null);
        try {
            return FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (Throwable failure) {
            Files.deleteIfExists(path);
            throw failure;
        }
    }

    /** A writer may have ignored an exception. */
    private void requireWhole() throws IOException {
        if (broken != null) {
            throw new IOException("the response could not be written to its temporary file", broken);
        }
        if (isTooLong) {
            throw new IOException("the response has more than the " + maxLength
                    + " bytes that are held until it is recorded: return a shorter one, raise the limit by"
                    + " HttpGuard.withResponseLimits, or let such requests have no key");
        }
    }

    /** Does nothing: a handler closes it, and the response is sent afterwards. */
    @Override
    public void close() {}

    /** {@return the length in bytes} */
    public long length() {
        return length;
    }

    /**
     * {@return the response with this body, or without it if it is in a file}
     *
     * @param status 100 to 599
     * @param headers the headers, by case-insensitive names
     * @throws IOException if the body is longer than the maximum, or cannot be written to its file
     */
    public StoredResponse response(int status, Map<String, List<String>> headers) throws IOException {
        requireWhole();
        out.flush();
        StoredResponse response = StoredResponse.of(status, headers, memory.toByteArray());
        return file == null ? response : response.withoutBody();
    }

    /**
     * Writes the body.
     *
     * @param to where to
     * @throws IOException if it cannot be read or written
     */
    public void writeTo(OutputStream to) throws IOException {
        if (file == null) {
            memory.writeTo(to);
        } else {
            out.flush();
            file.position(0);
            Channels.newInputStream(file).transferTo(to);
        }
    }

    /** Empties the body and deletes its file. */
    public void discard() {
        memory.reset();
        length = 0;
        isTooLong = false;
        broken = null;
        out = memory;
        FileChannel opened = file;
        file = null;
        if (opened != null) {
            try {
                opened.close();
            } catch (IOException unexpected) {
                throw new UncheckedIOException(unexpected);
            }
        }
    }
}
