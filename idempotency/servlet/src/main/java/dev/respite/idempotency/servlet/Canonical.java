package dev.respite.idempotency.servlet;

import jakarta.servlet.http.Part;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A canonical form of parameters and parts, independent of how they were encoded. Each text and content is preceded by its
 * length, so different inputs have different forms.
 */
final class Canonical {

    private static final int ABSENT = -1;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Canonical() {}

    /** Sorts the parameters by name; the values of each stay in the order of the request. */
    static byte[] parameters(Map<String, String[]> parameters) {
        Canonical form = new Canonical();
        new TreeMap<>(parameters).forEach((name, values) -> {
            form.text(name);
            form.number(values.length);
            for (String value : values) {
                form.text(value);
            }
        });
        return form.out.toByteArray();
    }

    /** Keeps the order of the request: name, file name, type and content. The boundary is omitted. */
    static byte[] parts(List<Part> parts) throws IOException {
        Canonical form = new Canonical();
        for (Part part : parts) {
            form.text(part.getName());
            form.text(part.getSubmittedFileName());
            form.text(part.getContentType());
            form.bytes(part.getInputStream().readAllBytes());
        }
        return form.out.toByteArray();
    }

    private void text(@Nullable String text) {
        if (text == null) {
            number(ABSENT);
        } else {
            bytes(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void bytes(byte[] bytes) {
        number(bytes.length);
        out.writeBytes(bytes);
    }

    private void number(int number) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }
}
