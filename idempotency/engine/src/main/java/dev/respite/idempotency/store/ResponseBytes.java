package dev.respite.idempotency.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The stored format of a response: a version byte, then the status, the headers, the body and the effect reference. Each
 * text and byte array is preceded by its length; the length -1 marks an absent value.
 */
final class ResponseBytes {

    private static final int VERSION = 1;
    private static final int ABSENT = -1;

    private ResponseBytes() {}

    static byte[] write(StoredResponse response) {
        byte[] body = response.sharedBody();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + (body == null ? 0 : body.length));
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeShort(response.status());
            out.writeInt(response.headers().size());
            for (Map.Entry<String, List<String>> header : response.headers().entrySet()) {
                writeText(out, header.getKey());
                out.writeInt(header.getValue().size());
                for (String value : header.getValue()) {
                    writeText(out, value);
                }
            }
            writeBytes(out, body);
            writeText(out, response.effectRef().orElse(null));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static StoredResponse read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version > VERSION) {
                throw newer(version);
            }
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "a stored response has version " + version + ": it must be 1 or more");
            }
            int status = in.readShort();
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            int names = in.readInt();
            for (int i = 0; i < names; i++) {
                String name = readText(in);
                List<String> values = new ArrayList<>();
                int count = in.readInt();
                for (int j = 0; j < count; j++) {
                    values.add(readText(in));
                }
                headers.put(name, values);
            }
            byte[] body = readBytes(in);
            byte[] effectRef = readBytes(in);
            StoredResponse response = StoredResponse.of(status, headers, body == null ? new byte[0] : body);
            StoredResponse whole = body == null ? response.withoutBody() : response;
            return effectRef == null ? whole : whole.withEffectRef(new String(effectRef, StandardCharsets.UTF_8));
        } catch (IOException cut) {
            throw new IllegalArgumentException("a stored response of " + bytes.length + " bytes is truncated", cut);
        }
    }

    /** Not a corrupt record: during a rolling upgrade, an old node reads what a new one has written. */
    private static StoreUnavailableException newer(int version) {
        String message = "the record was written by a newer Respite: its response has version " + version
                + ", and this Respite reads up to " + VERSION + ". The work did not run; upgrade this node";
        return new StoreUnavailableException(message, new IllegalArgumentException("version " + version));
    }

    private static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
        writeBytes(out, text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeBytes(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        out.writeInt(bytes == null ? ABSENT : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static String readText(DataInputStream in) throws IOException {
        byte[] bytes = readBytes(in);
        if (bytes == null) {
            throw new IllegalArgumentException("a stored response has a header without a name or a value");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length == ABSENT) {
            return null;
        }
        if (length < 0 || length > in.available()) {
            throw new IllegalArgumentException(
                    "a stored response announces " + length + " bytes and has " + in.available());
        }
        return in.readNBytes(length);
    }
}
