package dev.respite.idempotency.store;

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
 * The response of the work: returned to the caller of the execution, and replayed to later callers with the same key.
 *
 * <p>It has the form of an HTTP response. Work that is not an HTTP request can ignore status and headers. Immutable; byte
 * arrays are copied on the way in and out.
 */
public final class StoredResponse {

    private static final int OK = 200;
    private static final int FIRST_ERROR = 400;
    private static final int FIRST_SERVER_ERROR = 500;

    /** These statuses concern the caller, the moment or a header of the attempt, not the request. */
    private static final Set<Integer> NEVER_RESULTS = Set.of(401, 403, 406, 408, 425, 429);

    /** Header characters beyond this limit count as part of the body. */
    private static final int FREE_HEADER_CHARACTERS = 8 * 1024;

    private final int status;
    private final Map<String, List<String>> headers;
    private final byte @Nullable [] body;
    private final @Nullable String effectRef;
    private final End end;

    /** The end of the work that has made a response. */
    private enum End {
        RETURNED,
        FAILED,
        NOT_BEGUN
    }

    private StoredResponse(
            int status,
            Map<String, List<String>> headers,
            byte @Nullable [] body,
            @Nullable String effectRef,
            End end) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.effectRef = effectRef;
        this.end = end;
    }

    /**
     * {@return an HTTP response}
     *
     * @param status 100 to 599
     * @param headers the headers, by case-insensitive names
     * @param body the body, which may be empty
     * @throws IllegalArgumentException if the status is out of range, or two names differ in case only
     */
    public static StoredResponse of(int status, Map<String, List<String>> headers, byte[] body) {
        return new StoredResponse(checked(status), copied(headers), body.clone(), null, End.RETURNED);
    }

    /**
     * Returns a result that is not an HTTP response.
     *
     * @param body the result
     * @return the response, with the status 200 and no headers
     */
    public static StoredResponse of(byte[] body) {
        return of(OK, Map.of(), body);
    }

    /**
     * Returns a result that is not an HTTP response.
     *
     * @param text the result
     * @return the response, with the status 200, no headers, and the text in UTF-8
     */
    public static StoredResponse of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return a response for work that has no result, with the status 200, no headers, and an empty body} */
    public static StoredResponse empty() {
        return of(new byte[0]);
    }

    /**
     * {@return this response with a reference by which the effect can be found}
     *
     * @param effectRef for example the number of a payment, at most 255 characters
     * @throws IllegalArgumentException if it is longer than 255 characters
     */
    public StoredResponse withEffectRef(String effectRef) {
        if (effectRef.length() > 255) {
            throw new IllegalArgumentException(
                    "an effect reference of " + effectRef.length() + " characters: it must have at most 255");
        }
        return new StoredResponse(status, headers, body, effectRef, end);
    }

    /**
     * {@return this response for work that was not begun, because the request could not be read for example} It is returned to the
     * caller and not stored, whatever its status, and the key may be sent again, also with a corrected request. Call it only if it
     * is certain that there was no effect and will be none.
     */
    public StoredResponse withoutEffect() {
        return new StoredResponse(status, headers, body, effectRef, End.NOT_BEGUN);
    }

    /**
     * {@return this response for work that has thrown an exception, of which the response was made} Work in a transaction is rolled
     * back, whatever the status. With a status below 400 it is not recorded, as if the exception had been thrown to the caller.
     */
    public StoredResponse ofFailure() {
        return new StoredResponse(status, headers, body, effectRef, End.FAILED);
    }

    /** {@return this response without its body} Its effect took place, but its body is no longer known. */
    public StoredResponse withoutBody() {
        return new StoredResponse(status, headers, null, effectRef, end);
    }

    /**
     * Returns the stored form of this response: the headers with the given names, and the body unless it is too long. Header
     * characters beyond 8 KiB count as body; if they alone exceed the limit, no headers are stored.
     *
     * @param names the names of the headers to store; compared as this set compares them, so pass a set that ignores the case
     * @param maxBytes the maximum length of a stored body in bytes
     * @return the response to store
     */
    public StoredResponse kept(Set<String> names, int maxBytes) {
        Map<String, List<String>> some = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> {
            if (names.contains(name)) {
                some.put(name, values);
            }
        });
        long left = maxBytes - Math.max(0, characters(some) - FREE_HEADER_CHARACTERS);
        if (left < 0) {
            return new StoredResponse(status, Map.of(), null, effectRef, end);
        }
        byte[] shortEnough = body != null && body.length <= left ? body : null;
        return new StoredResponse(status, some, shortEnough, effectRef, end);
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
     * {@return whether the response is a result, which is recorded and replayed} Responses with 5xx are not, because a further
     * call may succeed. Responses with 401, 403, 406, 408, 425 and 429 are not, because they do not depend on the request.
     * {@link dev.respite.idempotency.ExternalIdempotency} records a 406 nevertheless, which follows the effect. A response {@link
     * #withoutEffect()} is not, nor one {@link #ofFailure()} below 400.
     */
    public boolean isResult() {
        return end != End.NOT_BEGUN
                && (end != End.FAILED || status >= FIRST_ERROR)
                && status < FIRST_SERVER_ERROR
                && !NEVER_RESULTS.contains(status);
    }

    /** {@return whether the work had no effect, and the response was made by {@link #withoutEffect()}} */
    public boolean isWithoutEffect() {
        return end == End.NOT_BEGUN;
    }

    /** {@return whether the work has thrown an exception, and the response was made by {@link #ofFailure()}} */
    public boolean isOfFailure() {
        return end == End.FAILED;
    }

    /** {@return the status, 100 to 599} */
    public int status() {
        return status;
    }

    /** {@return the values of the headers by case-insensitive name} */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /** {@return a copy of the body; empty if it was too long to store} */
    public Optional<byte[]> body() {
        return Optional.ofNullable(body).map(byte[]::clone);
    }

    /** {@return whether the body is known, which may be empty; false if it was too long to store} */
    public boolean hasBody() {
        return body != null;
    }

    /** {@return the body decoded as UTF-8; empty if it was too long to store} */
    public Optional<String> text() {
        return Optional.ofNullable(body).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** {@return the reference by which the effect can be found; empty if there is none} */
    public Optional<String> effectRef() {
        return Optional.ofNullable(effectRef);
    }

    /** {@return the bytes of this response for a store, in a format that later versions of Respite read too} */
    public byte[] toBytes() {
        return ResponseBytes.write(this);
    }

    /**
     * Decodes the result of {@link #toBytes}.
     *
     * @param bytes the bytes
     * @return the response
     * @throws IllegalArgumentException if the bytes have another format
     * @throws StoreUnavailableException if a newer version of Respite has written a format that this version cannot read
     */
    public static StoredResponse fromBytes(byte[] bytes) {
        return ResponseBytes.read(bytes);
    }

    byte @Nullable [] sharedBody() {
        return body;
    }

    private static int checked(int status) {
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("status " + status + ": it must be 100 to 599");
        }
        return status;
    }

    private static Map<String, List<String>> copied(Map<String, List<String>> headers) {
        Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> {
            if (copy.put(name, List.copyOf(values)) != null) {
                throw new IllegalArgumentException(
                        "the header " + name + " occurs twice: put all its values under one name");
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
                && Objects.equals(effectRef, that.effectRef)
                && end == that.end;
    }

    @Override
    public int hashCode() {
        return Objects.hash(status, headers, Arrays.hashCode(body), effectRef, end);
    }

    /** Returns status and length, and omits the contents. */
    @Override
    public String toString() {
        return "StoredResponse[" + status + ", " + (body == null ? "body not kept" : body.length + " bytes") + "]";
    }
}
