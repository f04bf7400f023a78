package dev.respite.durable.http;

import dev.respite.text.ValueFormat;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A request that is stored, and sent later by {@link OutboundHttp}. Immutable; the methods called {@code with…} return others.
 *
 * <pre>{@code
 * OutboundRequest.post(URI.create("https://pay.example.com/charges"), "application/json", "{\"order\":17}")
 * }</pre>
 */
public final class OutboundRequest {

    private static final int MAX_FIELDS = 100;

    private final String method;
    private final URI uri;
    private final List<Field> fields;
    private final byte[] body;

    /**
     * A header field.
     *
     * @param name the name
     * @param value the value
     */
    record Field(String name, String value) {}

    /** Takes the body without a copy. */
    OutboundRequest(String method, URI uri, List<Field> fields, byte[] body) {
        this.method = method;
        this.uri = uri;
        this.fields = List.copyOf(fields);
        this.body = body;
        check();
    }

    /** Rejects a request that the JDK's client would not send, or that has a password in its URI. */
    private void check() {
        if (fields.size() > MAX_FIELDS) {
            throw new IllegalArgumentException("the request " + this + " has " + fields.size()
                    + " header fields: it may have " + MAX_FIELDS + "; put what they contain into the body");
        }
        // Of a host with an underscore, the JDK knows no user but the whole authority.
        if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
            throw new IllegalArgumentException(
                    "the URI of the request has a user or password, which would be stored in the database: leave it out,"
                            + " and add the credentials by the preparation of OutboundHttp.withOrigin");
        }
        try {
            HttpRequest unused = toHttp().build();
        } catch (IllegalArgumentException invalid) {
            // Without the JDK's own message, which repeats values that may be secret.
            throw new IllegalArgumentException("the request " + this
                    + " cannot be sent: its URI must be absolute, with http or"
                    + " https and a host; its method and the names "
                    + ValueFormat.shortened(names().toString()) + " must be tokens, and none that the"
                    + " client sets itself; no value may have a control character");
        }
    }

    private List<String> names() {
        return fields.stream().map(Field::name).toList();
    }

    /**
     * {@return a request without header fields and body}
     *
     * @param method the method in its usual spelling, such as {@code PUT}
     * @param uri an absolute URI with the scheme {@code http} or {@code https} and a host; without a password
     * @throws IllegalArgumentException if no request can have this method or URI
     */
    public static OutboundRequest of(String method, URI uri) {
        return new OutboundRequest(
                Objects.requireNonNull(method, "method"), Objects.requireNonNull(uri, "uri"), List.of(), new byte[0]);
    }

    /**
     * Returns a POST.
     *
     * @param uri where to, as in {@link #of}
     * @param contentType the value of the header {@code Content-Type}
     * @param body the body, sent in UTF-8
     * @return the request
     * @throws IllegalArgumentException as {@link #of} does
     */
    public static OutboundRequest post(URI uri, String contentType, String body) {
        return of("POST", uri).withHeader("Content-Type", contentType).withBody(body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return this request with one more header field} It is stored with the request, so it must not be a secret.
     *
     * @param name the name; not one that the client sets, nor the header of the idempotency key
     * @param value the value
     * @throws IllegalArgumentException if the field cannot be sent, or is one of more than 100. One with a name for credentials is rejected when the request is
     *     enqueued
     */
    public OutboundRequest withHeader(String name, String value) {
        Field added = new Field(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        return new OutboundRequest(
                method, uri, Stream.concat(fields.stream(), Stream.of(added)).toList(), body);
    }

    /**
     * {@return this request with another body}
     *
     * @param bytes the body
     */
    public OutboundRequest withBody(byte[] bytes) {
        return new OutboundRequest(method, uri, fields, bytes.clone());
    }

    /** {@return the method} */
    public String method() {
        return method;
    }

    /** {@return the URI to which the request is sent} */
    public URI uri() {
        return uri;
    }

    /** Returns the header fields in their order. */
    List<Field> fields() {
        return fields;
    }

    /**
     * Returns the values of a header field.
     *
     * @param name its name, in any case
     * @return the values; an empty list if there is none
     */
    public List<String> header(String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** {@return a copy of the bytes of the body; empty if there is none} */
    public byte[] body() {
        return body.clone();
    }

    /** The request for the JDK's client, to which fields may be added. */
    HttpRequest.Builder toHttp() {
        HttpRequest.BodyPublisher publisher =
                body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body);
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri).method(method, publisher);
        fields.forEach(field -> builder.header(field.name(), field.value()));
        return builder;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OutboundRequest that
                && that.method.equals(method)
                && that.uri.equals(uri)
                && that.fields.equals(fields)
                && Arrays.equals(that.body, body);
    }

    @Override
    public int hashCode() {
        return Objects.hash(method, uri, fields, Arrays.hashCode(body));
    }

    /** Method and place, without query, headers and body, which may be secret: for logs. */
    @Override
    public String toString() {
        return ValueFormat.shortened(method + " " + OutboundHttp.place(uri));
    }
}
