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
 * One form for equal parameters and parts, however they were written. Each text and content has its length before it, so that two that
 * differ are never written alike.
 */
final class Canonical {

    private static final int ABSENT = -1;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Canonical() {}

    /** Names in alphabetical order, the values of each in the order in which they came. */
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

    /** In the order in which they came: name, name of the file, type and content. The boundary is not in it. */
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
