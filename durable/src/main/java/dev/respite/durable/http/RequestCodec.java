package dev.respite.durable.http;

import dev.respite.durable.DataCodec;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The stored form of a request, which an operator can read and edit: a line with method and URI, a line for each header field, an
 * empty line, and the bytes of the body. Lines end with a line feed.
 */
final class RequestCodec implements DataCodec<OutboundRequest> {

    @Override
    public byte[] encode(OutboundRequest request) {
        StringBuilder head = new StringBuilder()
                .append(request.method())
                .append(' ')
                .append(request.uri())
                .append('\n');
        request.fields()
                .forEach(field -> head.append(field.name())
                        .append(": ")
                        .append(field.value())
                        .append('\n'));
        byte[] text = head.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        byte[] body = request.body();
        ByteArrayOutputStream stored = new ByteArrayOutputStream(text.length + body.length);
        stored.writeBytes(text);
        stored.writeBytes(body);
        return stored.toByteArray();
    }

    @Override
    public OutboundRequest decode(byte[] stored) {
        int next = lineEnd(stored, 0);
        String[] first = line(stored, 0, next).split(" ", 2);
        if (first.length != 2) {
            throw new IllegalArgumentException("a stored request begins with a method, a space and a URI");
        }
        List<OutboundRequest.Field> fields = new ArrayList<>();
        int start = next + 1;
        next = lineEnd(stored, start);
        while (next > start) {
            String field = line(stored, start, next);
            int colon = field.indexOf(": ");
            if (colon < 1) {
                throw new IllegalArgumentException(
                        "a header field of a stored request is a name, a colon, a space and a value");
            }
            fields.add(new OutboundRequest.Field(field.substring(0, colon), field.substring(colon + 2)));
            start = next + 1;
            next = lineEnd(stored, start);
        }
        return new OutboundRequest(
                first[0], uri(first[1]), fields, Arrays.copyOfRange(stored, next + 1, stored.length));
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException invalid) {
            // Without the text, which may be secret.
            throw new IllegalArgumentException("the URI of a stored request is invalid at character "
                    + (invalid.getIndex() + 1) + ": " + invalid.getReason());
        }
    }

    private static String line(byte[] stored, int from, int to) {
        return new String(stored, from, to - from, StandardCharsets.UTF_8);
    }

    private static int lineEnd(byte[] stored, int from) {
        for (int at = from; at < stored.length; at++) {
            if (stored[at] == '\n') {
                return at;
            }
        }
        throw new IllegalArgumentException("a stored request has an empty line after its header fields");
    }
}
