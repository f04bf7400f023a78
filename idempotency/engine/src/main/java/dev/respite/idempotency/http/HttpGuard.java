package dev.respite.idempotency.http;

import dev.respite.cause.CauseChain;
import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The HTTP semantics of idempotency keys: which requests need one, and how each is answered. It is the same for every
 * server; a handler adds how a request is read and a response is written.
 *
 * <p>Immutable, and safe for use by any number of threads. The methods called {@code with…} return a new object.
 *
 * @param <C> the context that the handler receives
 */
public final class HttpGuard<C> {

    /** The header of the IETF draft. */
    public static final String KEY_HEADER = "Idempotency-Key";

    /** The header that marks a replayed response, with the value {@code true}. */
    public static final String REPLAYED_HEADER = "Idempotent-Replayed";

    private final Idempotency<C> idempotency;
    private final Wire wire;
    private final Identity identity;

    /** Where keys are expected, and in which form. */
    private record Wire(
            String header,
            boolean isBareAllowed,
            BiFunction<String, String, KeyRequirement> requirement,
            BodyLimits limits,
            Optional<URI> documentation) {}

    private HttpGuard(Idempotency<C> idempotency, Wire wire, Identity identity) {
        this.idempotency = idempotency;
        this.wire = wire;
        this.identity = identity;
    }

    /**
     * {@return a guard for optional keys of POST and PATCH in the header {@code Idempotency-Key}, in quotes} The fingerprint
     * covers the whole request, and the body may have up to 1 MiB.
     *
     * @param idempotency runs the requests
     * @param <C> the context that the handler receives
     */
    public static <C> HttpGuard<C> of(Idempotency<C> idempotency) {
        BiFunction<String, String, KeyRequirement> requirement = KeyRequirement.optionalFor("POST", "PATCH");
        return new HttpGuard<>(
                idempotency,
                new Wire(KEY_HEADER, false, requirement, BodyLimits.DEFAULT, Optional.empty()),
                Identity.DEFAULT);
    }

    /**
     * {@return a guard for keys in another header}
     *
     * @param header its name, for example {@code X-Idempotency-Key}
     */
    public HttpGuard<C> withHeader(String header) {
        return with(new Wire(header, wire.isBareAllowed, wire.requirement, wire.limits, wire.documentation));
    }

    /**
     * {@return a guard that also accepts keys without quotes, as Stripe's clients send them: {@code Idempotency-Key: 8e03978e-…}}
     * Without this method such a key is rejected with 400. A key is the same with and without quotes.
     */
    public HttpGuard<C> withUnquotedKeys() {
        return with(new Wire(wire.header, true, wire.requirement, wire.limits, wire.documentation));
    }

    /**
     * {@return a guard with another rule for which requests need a key}
     *
     * @param requirement the requirement for the method and the {@linkplain HttpHead#normalizedPath() normalized path} of a
     *     request; safe for use by any number of threads
     */
    public HttpGuard<C> withKeyRequirement(BiFunction<String, String, KeyRequirement> requirement) {
        return with(new Wire(wire.header, wire.isBareAllowed, requirement, wire.limits, wire.documentation));
    }

    /**
     * {@return a guard with other fingerprints}
     *
     * @param fingerprints computes the fingerprints
     */
    public HttpGuard<C> withFingerprints(Fingerprints fingerprints) {
        return with(new Identity(identity.operation(), fingerprints, identity.isOneKeyPerScope()));
    }

    /**
     * {@return a guard with other operations: equal keys of different operations are different records} The default is {@link
     * HttpHead#operation()}, the method and the path. The path is part of the default fingerprint too. So a key that is sent with
     * another path of the same operation is rejected with 422, unless {@link #withFingerprints} leaves the path out.
     *
     * @param operation returns the operation of a request: any text without a NUL, the same for each attempt of the request
     */
    public HttpGuard<C> withOperation(Function<? super HttpHead, String> operation) {
        Objects.requireNonNull(operation, "operation");
        return with(new Identity(operation, identity.fingerprints(), identity.isOneKeyPerScope()));
    }

    /**
     * {@return a guard for keys that are unique in their scope} A key that is sent again with another operation is rejected with
     * 422, as one with another body is. Records that were written without this setting are not found with it.
     */
    public HttpGuard<C> withKeysUniquePerScope() {
        return with(new Identity(identity.operation(), identity.fingerprints(), true));
    }

    /**
     * {@return a guard with another limit for request bodies}
     *
     * @param bodyLimit in bytes, 0 or more
     * @throws IllegalArgumentException if it is negative
     */
    public HttpGuard<C> withBodyLimit(int bodyLimit) {
        if (bodyLimit < 0) {
            throw new IllegalArgumentException("body limit " + bodyLimit + ": it must be 0 or more bytes");
        }
        return with(
                new BodyLimits(bodyLimit, wire.limits.parameters(), wire.limits.inMemory(), wire.limits.response()));
    }

    /**
     * {@return a guard with another limit for the parameters of a form} The default is 1,000. Parts of an upload are limited by
     * the container.
     *
     * @param parameters the maximum number of parameters in a body, 0 or more
     * @throws IllegalArgumentException if it is negative
     */
    public HttpGuard<C> withParameterLimit(int parameters) {
        if (parameters < 0) {
            throw new IllegalArgumentException("parameter limit " + parameters + ": it must be 0 or more");
        }
        return with(new BodyLimits(wire.limits.request(), parameters, wire.limits.inMemory(), wire.limits.response()));
    }

    /**
     * {@return a guard with other limits for responses, which are held until they are recorded} A longer response ends the call as
     * an exception of the handler does. One that is not held in memory is held in a temporary file, and its body is not kept for
     * replays. The defaults are 8 MiB and 1 GiB.
     *
     * @param inMemory the maximum length in memory, in bytes, 0 or more
     * @param length the maximum length, in bytes, at least {@code inMemory}
     * @throws IllegalArgumentException if {@code inMemory} is negative or {@code length} is less
     */
    public HttpGuard<C> withResponseLimits(int inMemory, long length) {
        if (inMemory < 0 || length < inMemory) {
            throw new IllegalArgumentException("response limits of " + inMemory + " and " + length
                    + " bytes: the first must be 0 or more, and the second at least the first");
        }
        return with(new BodyLimits(wire.limits.request(), wire.limits.parameters(), inMemory, length));
    }

    /**
     * {@return a guard whose rejections with 400 and 422 have a {@code Link} to the documentation of keys, with the relation
     * {@code describedby} (draft-ietf-httpapi-idempotency-key-header-07 of October 2025, which has expired)}
     *
     * @param documentation where your API describes its keys
     */
    public HttpGuard<C> withDocumentation(URI documentation) {
        return with(
                new Wire(wire.header, wire.isBareAllowed, wire.requirement, wire.limits, Optional.of(documentation)));
    }

    private HttpGuard<C> with(BodyLimits changed) {
        return with(new Wire(wire.header, wire.isBareAllowed, wire.requirement, changed, wire.documentation));
    }

    private HttpGuard<C> with(Wire changed) {
        return new HttpGuard<>(idempotency, changed, identity);
    }

    private HttpGuard<C> with(Identity changed) {
        return new HttpGuard<>(idempotency, wire, changed);
    }

    /** {@return the maximum length in bytes of the body of a request with a key} */
    public int bodyLimit() {
        return wire.limits.request();
    }

    /** {@return the maximum number of parameters in the body of a form} */
    public int maxParameters() {
        return wire.limits.parameters();
    }

    /** {@return the maximum length in bytes of a response body that is held in memory} */
    public int maxResponseInMemory() {
        return wire.limits.inMemory();
    }

    /** {@return the maximum length in bytes of a response body} */
    public long maxResponseLength() {
        return wire.limits.response();
    }

    /**
     * Returns whether keys apply to a request. Pass it on if they do not.
     *
     * @param head the request
     * @return true if the request must have a key, or has one that is not ignored
     */
    public boolean appliesTo(HttpHead head) {
        KeyRequirement requirement = wire.requirement.apply(head.method(), head.normalizedPath());
        return requirement == KeyRequirement.REQUIRED
                || (requirement == KeyRequirement.OPTIONAL && !keyLines(head).isEmpty());
    }

    /**
     * Returns the response to a request that is rejected: it has no key, no principal, or a key that cannot be read. Of any
     * other, read the body, up to the limit, and call {@link #handle} or {@link #handleAsync}.
     *
     * @param head a request {@linkplain #appliesTo to which keys apply}
     * @param principal the owner of the key; empty if the caller is not authenticated
     * @return the response; empty if the request is not rejected
     */
    public Optional<StoredResponse> rejection(HttpHead head, Optional<Scope> principal) {
        if (keyLines(head).isEmpty()) {
            return Optional.of(documented(Problem.KEY_MISSING.reply(
                    "send " + wire.header + ": \"…\" with a new UUID for each operation", Map.of())));
        }
        if (principal.isEmpty()) {
            return Optional.of(Problem.UNAUTHENTICATED.reply());
        }
        try {
            IdempotencyKey unused = key(head);
            return Optional.empty();
        } catch (IllegalArgumentException invalid) {
            return Optional.of(documented(Problem.KEY_INVALID.reply(String.valueOf(invalid.getMessage()), Map.of())));
        }
    }

    private StoredResponse documented(StoredResponse rejection) {
        return wire.documentation
                .map(uri -> Replies.with(rejection, "Link", "<" + uri + ">; rel=\"describedby\"; type=\"text/html\""))
                .orElse(rejection);
    }

    private StoredResponse reply(IdempotentResult result, Predicate<? super IdempotencyRecord> replayAuthorizer) {
        StoredResponse response = Replies.of(result, replayAuthorizer);
        boolean isBadRequest = response.status() == 400 || response.status() == 422;
        return result instanceof IdempotentResult.Rejected && isBadRequest ? documented(response) : response;
    }

    /**
     * Returns the values of the header of the key as they were sent.
     *
     * @param head the request
     * @return one for each field line; a request that is not rejected has exactly one
     */
    public List<String> keyLines(HttpHead head) {
        return head.headers().apply(wire.header);
    }

    private IdempotencyKey key(HttpHead head) {
        return KeyField.parse(keyLines(head), wire.isBareAllowed);
    }

    /** {@return the response to a request whose body exceeds the limit} No key has been claimed. */
    public StoredResponse tooLarge() {
        return Problem.BODY_TOO_LARGE.reply("at most " + wire.limits.request() + " bytes", Map.of());
    }

    /**
     * {@return the response to a form that cannot be read} No key has been claimed.
     *
     * @param detail why, without anything that the client sent
     */
    public StoredResponse unreadableForm(String detail) {
        return documented(Problem.FORM_INVALID.reply(detail, Map.of()));
    }

    /**
     * Runs a request once and returns the response to send. When this method returns, the record is complete. The state of
     * the client connection has no influence on it.
     *
     * @param head the request, which has no {@link #rejection}
     * @param scope the owner of the key
     * @param body its body
     * @param replayAuthorizer tested before each replay; false answers this caller with 403
     * @param work produces the response
     * @param <X> the checked exception that the work throws
     * @return the response to send
     * @throws X if the work ran and has thrown it
     */
    public <X extends Exception> StoredResponse handle(
            HttpHead head,
            Scope scope,
            byte[] body,
            Predicate<? super IdempotencyRecord> replayAuthorizer,
            Work<? super C, X> work)
            throws X {
        IdempotentResult result;
        try {
            result = idempotency.execute(identity.call(head, scope, key(head), body), work);
        } catch (StoreUnavailableException unavailable) {
            return Replies.storeUnavailable();
        }
        return reply(result, replayAuthorizer);
    }

    /**
     * {@return whether requests may be answered on another thread: whether this guard has an {@link ExternalIdempotency}} That
     * needs effect and record apart.
     */
    public boolean supportsAsync() {
        return idempotency instanceof ExternalIdempotency;
    }

    /**
     * Runs a request once that may be answered on another thread. The key is claimed on the calling thread. When the future
     * completes, the record is complete.
     *
     * @param head the request, which has no {@link #rejection}
     * @param scope the owner of the key
     * @param body its body
     * @param replayAuthorizer tested before each replay; false answers this caller with 403
     * @param work produces the response
     * @return the response to send; it fails with the exception of the work
     * @throws IllegalStateException if {@link #supportsAsync()} returns false
     */
    public CompletableFuture<StoredResponse> handleAsync(
            HttpHead head,
            Scope scope,
            byte[] body,
            Predicate<? super IdempotencyRecord> replayAuthorizer,
            Function<? super Execution, ? extends CompletionStage<StoredResponse>> work) {
        if (!(idempotency instanceof ExternalIdempotency external)) {
            throw new IllegalStateException(
                    "a request that is answered on another thread cannot share a transaction with its"
                            + " record: create the guard with an ExternalIdempotency");
        }
        return external.executeAsync(identity.call(head, scope, key(head), body), work)
                .thenApply(result -> reply(result, replayAuthorizer))
                .exceptionally(HttpGuard::unlessUnavailable);
    }

    private static StoredResponse unlessUnavailable(Throwable failure) {
        Throwable cause = CauseChain.unwrap(failure);
        if (cause instanceof StoreUnavailableException) {
            return Replies.storeUnavailable();
        }
        throw new CompletionException(cause);
    }
}
