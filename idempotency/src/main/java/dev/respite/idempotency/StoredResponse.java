package dev.respite.idempotency;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of a thing that was done: what its caller is told, and everyone who asks again.
 *
 * <p>It has the shape of an HTTP response; a job that is no request leaves status and headers as they are. Immutable, as far
 * as the bytes are copied on their way in and out.
 */
public final class StoredResponse {

    private static final int OK = 200;

    /** Of headers, more than this counts as if it were part of the body. */
    private static final int FREE_HEADER_CHARACTERS = 8 * 1024;

    private final int status;
    private final Map<String, List<String>> headers;
    private final byte @Nullable [] body;
    private final @Nullable String effectRef;

    private StoredResponse(
            int status, Map<String, List<String>> headers, byte @Nullable [] body, @Nullable String effectRef) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.effectRef = effectRef;
    }

    /**
     * A response of HTTP.
     *
     * @param status 100 to 599
     * @param headers the headers, by names whose case does not matter
     * @param body the body, which may be empty
     * @return the response
     * @throws IllegalArgumentException if the status is out of range, or two names differ in case only
     */
    public static StoredResponse of(int status, Map<String, List<String>> headers, byte[] body) {
        return new StoredResponse(checked(status), copied(headers), body.clone(), null);
    }

    /**
     * A result that is no response of HTTP.
     *
     * @param body the result
     * @return the response, with the status 200 and no headers
     */
    public static StoredResponse of(byte[] body) {
        return of(OK, Map.of(), body);
    }

    /**
     * A result that is no response of HTTP.
     *
     * @param text the result
     * @return the response, with the status 200, no headers, and the text in UTF-8
     */
    public static StoredResponse of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Nothing to tell but that it was done.
     *
     * @return the response, with the status 200, no headers, and an empty body
     */
    public static StoredResponse empty() {
        return of(new byte[0]);
    }

    /**
     * This response, with a word by which what was done can be found again.
     *
     * @param effectRef the number of a payment for example, at most 255 characters
     * @return the response
     * @throws IllegalArgumentException if it is longer
     */
    public StoredResponse withEffectRef(String effectRef) {
        if (effectRef.length() > 255) {
            throw new IllegalArgumentException(
                    "an effect reference of " + effectRef.length() + " characters: it has at most 255");
        }
        return new StoredResponse(status, headers, body, effectRef);
    }

    /**
     * This response without its body: done, and no longer known in full.
     *
     * @return the response
     */
    public StoredResponse withoutBody() {
        return new StoredResponse(status, headers, null, effectRef);
    }

    /**
     * What of this response is kept: headers of some names, and a body that is not too long. Headers beyond 8 KiB count as body;
     * where they alone are too long, none is kept.
     */
    StoredResponse kept(Set<String> names, int mostBytes) {
        Map<String, List<String>> some = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> {
            if (names.contains(name)) {
                some.put(name, values);
            }
        });
        long left = mostBytes - Math.max(0, characters(some) - FREE_HEADER_CHARACTERS);
        if (left < 0) {
            return new StoredResponse(status, Map.of(), null, effectRef);
        }
        byte[] shortEnough = body != null && body.length <= left ? body : null;
        return new StoredResponse(status, some, shortEnough, effectRef);
    }

    private static long characters(Map<String, List<String>> headers) {
        long sum = 0;
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            for (String value : header.getValue()) {
                sum += header.getKey().length() + value.length();
            }
        }
        return sum;
    }

    /**
     * The status.
     *
     * @return 100 to 599
     */
    public int status() {
        return status;
    }

    /**
     * The headers.
     *
     * @return values by name; the case of the name does not matter
     */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /**
     * The body.
     *
     * @return a copy; empty if the body was not kept, being too long
     */
    public Optional<byte[]> body() {
        return Optional.ofNullable(body).map(byte[]::clone);
    }

    /**
     * The body as text.
     *
     * @return what the bytes are in UTF-8; empty if the body was not kept, being too long
     */
    public Optional<String> text() {
        return Optional.ofNullable(body).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /**
     * By what the thing that was done can be found again.
     *
     * @return the word; empty if there is none
     */
    public Optional<String> effectRef() {
        return Optional.ofNullable(effectRef);
    }

    /**
     * This response for a store: in a form that later versions of Respite read too.
     *
     * @return the bytes
     */
    public byte[] toBytes() {
        return ResponseBytes.write(this);
    }

    /**
     * Reads what {@link #toBytes} has written.
     *
     * @param bytes the bytes
     * @return the response
     * @throws IllegalArgumentException if they are something else
     * @throws StoreUnavailableException if a newer version of Respite has written them in a form that this one does not read
     */
    public static StoredResponse fromBytes(byte[] bytes) {
        return ResponseBytes.read(bytes);
    }

    byte @Nullable [] sharedBody() {
        return body;
    }

    private static int checked(int status) {
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("status " + status + ": it is 100 to 599");
        }
        return status;
    }

    private static Map<String, List<String>> copied(Map<String, List<String>> headers) {
        Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> {
            if (copy.put(name, List.copyOf(values)) != null) {
                throw new IllegalArgumentException("two headers " + name + ": put all its values under one name");
            }
        });
        return Collections.unmodifiableMap(copy);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredResponse that
                && status == that.status
                && headers.equals(that.headers)
                && Arrays.equals(body, that.body)
                && Objects.equals(effectRef, that.effectRef);
    }

    @Override
    public int hashCode() {
        return Objects.hash(status, headers, Arrays.hashCode(body), effectRef);
    }

    /** Status and length: what is in it is the caller's. */
    @Override
    public String toString() {
        return "StoredResponse[" + status + ", " + (body == null ? "body not kept" : body.length + " bytes") + "]";
    }
}
