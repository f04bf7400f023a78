package dev.respite.durable;

import dev.respite.driver.CallState;
import dev.respite.durable.Envelope.UnreadableDataException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** The bytes of an {@link Envelope}: two marks, the version of the format, then the fields in their order, big-endian. */
final class EnvelopeCodec {

    private static final int MARK = 'R' << 8 | 'D';
    private static final int FORMAT = 1;

    private EnvelopeCodec() {}

    /** Returns the first two bytes of each envelope: a row of another library has others. */
    static byte[] mark() {
        return new byte[] {MARK >> 8, (byte) MARK};
    }

    static byte[] encode(Envelope envelope) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        DataOutputStream out = new DataOutputStream(bytes);
        Envelope.Progress progress = envelope.progress();
        try {
            out.writeShort(MARK);
            out.writeByte(FORMAT);
            out.writeUTF(envelope.key());
            out.writeInt(envelope.dataVersion());
            writeText(out, envelope.sequence().orElse(""));
            writeBytes(out, progress.state().map(CallState::encode).orElse(new byte[0]));
            Instant lostAt = progress.lostAt().orElse(Instant.EPOCH);
            out.writeBoolean(progress.lostAt().isPresent());
            out.writeLong(lostAt.getEpochSecond());
            out.writeInt(lostAt.getNano());
            writeText(out, progress.pinnedPolicy().orElse(""));
            writeText(out, progress.lastError());
            out.writeInt(progress.postponements());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static Envelope decode(byte[] bytes) {
        if (bytes.length < 3 || !Arrays.equals(mark(), Arrays.copyOf(bytes, 2))) {
            throw new UnreadableDataException(
                    "the row was not written by Respite: its data of " + bytes.length + " bytes has no envelope");
        }
        if (bytes[2] != FORMAT) {
            throw new UnreadableDataException(
                    "the envelope is of format " + bytes[2] + ", and this version of Respite reads format " + FORMAT
                            + "; replay the call when all instances read it");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 3, bytes.length - 3));
        try {
            Envelope envelope = new Envelope(in.readUTF(), in.readInt(), readText(in), readProgress(in));
            if (in.available() > 0) {
                throw new UnreadableDataException(
                        "the envelope is damaged: " + in.available() + " bytes follow its end");
            }
            return envelope;
        } catch (IOException | DateTimeException | IllegalArgumentException damage) {
            throw new UnreadableDataException("the envelope is damaged: " + damage, damage);
        }
    }

    private static Envelope.Progress readProgress(DataInputStream in) throws IOException {
        byte[] state = readBytes(in);
        boolean lost = in.readBoolean();
        Instant lostAt = Instant.ofEpochSecond(in.readLong(), in.readInt());
        Optional<String> pinned = readText(in);
        String lastError = new String(readBytes(in), StandardCharsets.UTF_8);
        return new Envelope.Progress(
                state.length == 0 ? Optional.empty() : Optional.of(CallState.decode(state)),
                lost ? Optional.of(lostAt) : Optional.empty(),
                pinned,
                lastError,
                in.readInt());
    }

    /** A text; empty if it has no characters. */
    private static Optional<String> readText(DataInputStream in) throws IOException {
        return Optional.of(new String(readBytes(in), StandardCharsets.UTF_8)).filter(text -> !text.isEmpty());
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** A damaged length must not allocate. */
    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a field of " + length + " bytes");
        }
        return in.readNBytes(length);
    }
}
