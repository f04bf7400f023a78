package dev.respite.driver;

import dev.respite.budget.RetryBudget.Grant;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.History;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The bytes of a {@link CallState}: a version of the format, then the fields in their order, big-endian. */
final class CallStateCodec {

    private static final int VERSION = 1;

    /** A longer name of an outcome is cut. */
    private static final int MAX_LABEL = 200;

    private CallStateCodec() {}

    static byte[] encode(CallState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(VERSION);
            out.writeInt(state.number());
            out.writeLong(state.lastBackoffNanos());
            Instant firstStart = state.firstStart();
            out.writeLong(firstStart.getEpochSecond());
            out.writeInt(firstStart.getNano());
            writeKind(out, state.payment().retried());
            writeGrant(out, state.payment().unconfirmed());
            writeKind(out, state.payment().deferred());
            out.writeInt(state.payment().deferrals());
            writeEntries(out, state.first());
            writeEntries(out, state.last());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static CallState decode(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IOException(
                        "its format is version " + version + ", and this version of Respite reads version " + VERSION);
            }
            int number = in.readInt();
            long backoff = in.readLong();
            Instant firstStart = Instant.ofEpochSecond(in.readLong(), in.readInt());
            CallState.Payment payment = new CallState.Payment(readKind(in), readGrant(in), readKind(in), in.readInt());
            CallState state = new CallState(number, backoff, firstStart, payment, readEntries(in), readEntries(in));
            if (in.available() > 0) {
                throw new IOException(in.available() + " bytes follow its end");
            }
            return state;
        } catch (IOException | DateTimeException | IllegalArgumentException damage) {
            throw new IllegalArgumentException("the stored state of a call cannot be read: " + damage, damage);
        }
    }

    private static void writeKind(DataOutputStream out, Optional<ErrorKind> kind) throws IOException {
        out.writeBoolean(kind.isPresent());
        if (kind.isPresent()) {
            out.writeUTF(kind.get().name());
            out.writeUTF(kind.get().load().name());
        }
    }

    private static Optional<ErrorKind> readKind(DataInputStream in) throws IOException {
        return in.readBoolean()
                ? Optional.of(new ErrorKind(in.readUTF(), ErrorKind.Load.valueOf(in.readUTF())))
                : Optional.empty();
    }

    private static void writeGrant(DataOutputStream out, Optional<Grant> grant) throws IOException {
        writeKind(out, grant.map(Grant::kind));
        if (grant.isPresent()) {
            out.writeDouble(grant.get().tokens());
            out.writeDouble(grant.get().credit());
        }
    }

    private static Optional<Grant> readGrant(DataInputStream in) throws IOException {
        Optional<ErrorKind> kind = readKind(in);
        return kind.isPresent()
                ? Optional.of(new Grant(kind.get(), in.readDouble(), in.readDouble()))
                : Optional.empty();
    }

    private static void writeEntries(DataOutputStream out, List<History.Entry> entries) throws IOException {
        out.writeByte(entries.size());
        for (History.Entry entry : entries) {
            String label = entry.outcome();
            out.writeInt(entry.number());
            out.writeUTF(label.substring(0, Math.min(label.length(), MAX_LABEL)));
            out.writeLong(entry.startNanos());
            out.writeLong(entry.durationNanos());
            out.writeBoolean(entry.delayNanos().isPresent());
            out.writeLong(entry.delayNanos().orElse(0));
        }
    }

    private static List<History.Entry> readEntries(DataInputStream in) throws IOException {
        int size = in.readUnsignedByte();
        List<History.Entry> entries = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            int number = in.readInt();
            String outcome = in.readUTF();
            long start = in.readLong();
            long duration = in.readLong();
            boolean delayed = in.readBoolean();
            long delay = in.readLong();
            entries.add(new History.Entry(
                    number, outcome, start, duration, delayed ? OptionalLong.of(delay) : OptionalLong.empty()));
        }
        return entries;
    }
}
