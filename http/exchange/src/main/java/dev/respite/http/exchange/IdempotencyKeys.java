package dev.respite.http.exchange;

import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Where a server is known to honour idempotency keys, and how they are sent there.
 *
 * <p>A key makes a request retryable that must not take effect twice, a POST for example; but only a server that honours
 * it makes that true. So keys are minted for the places named here and nowhere else: your word counts. A key is a UUID of
 * version 7, minted once for each call before its first attempt, and the same in all of its attempts.
 */
public final class IdempotencyKeys {

    /** The header of the IETF draft. */
    public static final String HEADER = "Idempotency-Key";

    private static final List<String> KNOWN_HEADERS = List.of(HEADER, "X-Idempotency-Key");

    /** A segment that leads elsewhere, in all the spellings that some server understands. */
    private static final Pattern DOT_SEGMENT =
            Pattern.compile("(?:/|%2f|%5c)(?:\\.|%2e){1,2}(?:;[^/]*)?(?:/|%2f|%5c|$)", Pattern.CASE_INSENSITIVE);

    /** Header fields that a client computes from the body and the connection. */
    private static final Set<String> NOT_OF_A_CALLER = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** No place at all. */
    static final IdempotencyKeys NOWHERE = new IdempotencyKeys(List.of(), false, HEADER, true);

    private final List<Place> places;
    private final boolean anyHttpsOrigin;
    private final String header;
    private final boolean quoted;

    /** An origin, and a path below which keys are honoured. */
    private record Place(URI uri, String origin, String path) {

        Place(URI uri) {
            this(uri, Origins.of(uri), Origins.path(uri));
        }

        boolean contains(URI uri) {
            return Origins.of(uri).equals(origin) && (path.equals("/") || isBelow(Origins.path(uri)));
        }

        private boolean isBelow(String requested) {
            boolean begins = requested.startsWith(path);
            boolean bounded = begins
                    && (path.endsWith("/")
                            || requested.length() == path.length()
                            || requested.charAt(path.length()) == '/');
            // A server may take /payments/../refunds for /refunds.
            return bounded && !DOT_SEGMENT.matcher(requested).find();
        }
    }

    private IdempotencyKeys(List<Place> places, boolean anyHttpsOrigin, String header, boolean quoted) {
        this.places = places;
        this.anyHttpsOrigin = anyHttpsOrigin;
        this.header = header;
        this.quoted = quoted;
    }

    /**
     * Keys for the places named.
     *
     * @param places origins ({@code https://api.example.com}) or paths below which all is meant
     *     ({@code https://api.example.com/payments})
     * @return the keys
     * @throws IllegalArgumentException if there is no place, or one has no scheme or host
     */
    public static IdempotencyKeys supportedBy(URI... places) {
        if (places.length == 0) {
            throw new IllegalArgumentException(
                    "no place is named, so no key would ever be sent; name the origins or paths"
                            + " whose server honours keys, or give the client no idempotency keys");
        }
        List<Place> all = Arrays.stream(places).map(Place::new).toList();
        return new IdempotencyKeys(all, false, HEADER, true);
    }

    /**
     * {@return keys for every https URI: for webhooks, whose receivers are known at run time only} Each of them must honour keys,
     * by the contract with it for example.
     */
    public static IdempotencyKeys supportedByAnyHttpsOrigin() {
        return new IdempotencyKeys(List.of(), true, HEADER, true);
    }

    /**
     * These keys, in another header.
     *
     * @param header its name, {@code X-Idempotency-Key} for example
     * @return the keys
     * @throws IllegalArgumentException if no client can send a header of this name
     */
    public IdempotencyKeys withHeader(String header) {
        return new IdempotencyKeys(places, anyHttpsOrigin, checked(header), quoted);
    }

    /**
     * {@return these keys without quotes around them, for servers that do not expect the structured-field string of the IETF
     * draft}
     */
    public IdempotencyKeys withUnquotedKeys() {
        return new IdempotencyKeys(places, anyHttpsOrigin, header, false);
    }

    /** {@return the URIs of the places that are named; none for any https origin} */
    public List<URI> places() {
        return places.stream().map(Place::uri).toList();
    }

    String header() {
        return header;
    }

    /** Returns whether the request already has a key. Its sender thereby declares that the server honours the key. */
    boolean isCarriedBy(Function<String, List<String>> headers) {
        return KNOWN_HEADERS.stream().anyMatch(known -> isPresent(headers, known)) || isPresent(headers, header);
    }

    /** Returns whether to mint a key for the request. */
    boolean isNeededBy(String method, Supplier<URI> uri, Function<String, List<String>> headers) {
        return !RequestFacts.isIdempotent(method) && isSupportedBy(uri.get()) && !isCarriedBy(headers);
    }

    /**
     * Returns whether a server honours keys.
     *
     * @param uri where a request is sent
     * @return true for the places named, and below them
     */
    public boolean isSupportedBy(URI uri) {
        return (anyHttpsOrigin && "https".equalsIgnoreCase(uri.getScheme()))
                || places.stream().anyMatch(place -> place.contains(uri));
    }

    /**
     * Returns the header field that sends a key.
     *
     * @param key the key, of printable ASCII characters
     * @return the value, by the name of the header
     * @throws IllegalArgumentException if the key is empty or has other characters
     */
    public Map<String, String> field(String key) {
        int valid = (int) key.chars().takeWhile(c -> c >= ' ' && c <= '~').count();
        if (key.isEmpty() || valid < key.length()) {
            // Not with the key, which a client may have made of personal data.
            String where = key.isEmpty() ? "" : ", because of character " + (valid + 1);
            throw new IllegalArgumentException("an idempotency key of " + key.length()
                    + " characters cannot be sent in a header" + where
                    + ": use printable ASCII characters, such as a UUID");
        }
        // RFC 9651, section 4.1.6.
        String escaped = key.replace("\\", "\\\\").replace("\"", "\\\"");
        return Map.of(header, quoted ? '"' + escaped + '"' : key);
    }

    /** The value of the header for a new call. */
    String mint(Instant now) {
        UUID random = UUID.randomUUID();
        long time = now.toEpochMilli() << 16;
        long version7 = 0x7000L | (random.getMostSignificantBits() & 0x0fffL);
        String key = new UUID(time | version7, random.getLeastSignificantBits()).toString();
        return quoted ? '"' + key + '"' : key;
    }

    private static boolean isPresent(Function<String, List<String>> headers, String name) {
        return headers.apply(name).stream().anyMatch(value -> !value.isBlank());
    }

    /**
     * Checks that a header of this name can be added to a request.
     *
     * @throws IllegalArgumentException if the name is no token (RFC 9110, section 5.6.2) or belongs to the client
     */
    private static String checked(String header) {
        boolean token = !header.isEmpty() && header.chars().allMatch(IdempotencyKeys::isTokenCharacter);
        if (!token || NOT_OF_A_CALLER.contains(header.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "invalid header name: \"" + header + "\"; use letters, digits and hyphens, and no"
                            + " name of a header that the client sets itself, such as Content-Length");
        }
        return header;
    }

    private static boolean isTokenCharacter(int c) {
        boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return letterOrDigit || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
