package dev.respite.idempotency.http;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The definition of the same request: two requests with one key that are equal in it.
 *
 * @param operation the operation of a request
 * @param fingerprints the fingerprints of a request
 * @param isOneKeyPerScope whether equal keys of different operations are the same record
 */
record Identity(Function<? super HttpHead, String> operation, Fingerprints fingerprints, boolean isOneKeyPerScope) {

    private static final Pattern REQUEST_ID = Pattern.compile("[!-~]{1,128}");

    static final Identity DEFAULT = new Identity(HttpHead::operation, Fingerprints.ofAll(), false);

    IdempotentCall call(HttpHead head, Scope scope, IdempotencyKey key, byte[] body) {
        String done = Objects.requireNonNull(operation.apply(head), "operation");
        List<Fingerprint> requested = fingerprints.compute(head, body);
        List<Fingerprint> compared = isOneKeyPerScope ? with(done, requested) : requested;
        return new IdempotentCall(scope, done, key, compared, requestId(head), isOneKeyPerScope);
    }

    /** Returns a value that is safe to log. */
    private static Optional<String> requestId(HttpHead head) {
        return Stream.of("X-Request-Id", "traceparent")
                .flatMap(name -> head.headers().apply(name).stream())
                .filter(value -> REQUEST_ID.matcher(value).matches())
                .findFirst();
    }

    /** Adds the operation to the fingerprints, so that it is compared even if the fingerprints leave it out. */
    private static List<Fingerprint> with(String operation, List<Fingerprint> fingerprints) {
        return fingerprints.stream()
                .map(each -> Fingerprint.of(each.version(), bytes(operation), bytes(each.digest())))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
