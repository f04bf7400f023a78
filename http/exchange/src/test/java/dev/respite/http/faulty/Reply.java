package dev.respite.http.faulty;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A whole answer, after which the connection lives on. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Reply(int status, String fields, byte[] bytes) implements ServerFault {

    public static Reply of(int status) {
        return new Reply(status, "", new byte[0]);
    }

    public Reply header(String name, String value) {
        return new Reply(status, fields + name + ": " + value + "\r\n", bytes);
    }

    public Reply body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    public Reply body(byte[] body) {
        return new Reply(status, fields, body);
    }

    @Override
    public boolean act(ServerConnection line) throws IOException {
        boolean bodiless = status == 204 || status == 304;
        line.write("HTTP/1.1 " + status + " \r\n" + fields
                + (bodiless ? "" : "Content-Length: " + bytes.length + "\r\n") + "\r\n");
        if (!bodiless && !line.isHead()) {
            line.write(bytes);
        }
        return true;
    }
}
