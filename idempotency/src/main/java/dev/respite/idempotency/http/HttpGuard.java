package dev.respite.idempotency.http;

import dev.respite.idempotency.Answer;
import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.InvalidKeyException;
import dev.respite.idempotency.KeyForm;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.idempotency.StoredResponse;
import dev.respite.idempotency.Work;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What idempotency keys mean in HTTP: which requests need one, what is answered when. The same for every server; a handler
 * adds how a request is read and a reply is written.
 *
 * <p>Immutable, and safe for use by any number of threads. The methods called {@code with…} return another one.
 *
 * @param <C> what a handler is given to work with
 */
public final class HttpGuard<C> {

    /** The header of the IETF draft. */
    public static final String KEY_HEADER = "Idempotency-Key";

    /** Says of a reply, by {@code true}, that it was made for an earlier request with the same key. */
    public static final String REPLAYED_HEADER = "Idempotent-Replayed";

    private final Idempotency<C> idempotency;
    private final Wire wire;
    private final Identity identity;

    /** How keys come. */
    private record Wire(String header, KeyForm form, Demand.Rule demand, int bodyLimit) {}

    private HttpGuard(Idempotency<C> idempotency, Wire wire, Identity identity) {
        this.idempotency = idempotency;
        this.wire = wire;
        this.identity = identity;
    }

    /**
     * A guard that looks at the keys of POST and PATCH where they come, in quotes, in the header {@code Idempotency-Key}, with
     * the whole request as fingerprint and a body of at most 1 MiB.
     *
     * @param idempotency what runs a request once
     * @param <C> what a handler is given to work with
     * @return the guard
     */
    public static <C> HttpGuard<C> of(Idempotency<C> idempotency) {
        Demand.Rule demand = Demand.optionalWith("POST", "PATCH");
        return new HttpGuard<>(idempotency, new Wire(KEY_HEADER, KeyForm.QUOTED, demand, 1 << 20), Identity.DEFAULT);
    }

    /**
     * This guard for keys in another header.
     *
     * @param header its name, {@code X-Idempotency-Key} for example
     * @return the guard
     */
    public HttpGuard<C> withHeader(String header) {
        return with(new Wire(header, wire.form, wire.demand, wire.bodyLimit));
    }

    /**
     * This guard for keys that may come without quotes too, as clients in the manner of Stripe's send them: {@code
     * Idempotency-Key: 8e03978e-…}. Without it such a key is refused with 400. With or without quotes it is the same key.
     *
     * @return the guard
     */
    public HttpGuard<C> withBareKeys() {
        return with(new Wire(wire.header, KeyForm.QUOTED_OR_BARE, wire.demand, wire.bodyLimit));
    }

    /**
     * This guard with another rule of which requests have keys.
     *
     * @param demand the rule
     * @return the guard
     */
    public HttpGuard<C> withDemand(Demand.Rule demand) {
        return with(new Wire(wire.header, wire.form, demand, wire.bodyLimit));
    }

    /**
     * This guard with other fingerprints.
     *
     * @param fingerprints what says what was asked for
     * @return the guard
     */
    public HttpGuard<C> withFingerprints(Fingerprints fingerprints) {
        return with(new Identity(identity.operation(), fingerprints, identity.isOneKeyPerScope()));
    }

    /**
     * This guard with other names for what requests do: equal keys of different operations do not meet. By default it is {@link
     * HttpHead#operation()}, the method and the path. The path is part of the fingerprint too, unless {@link #withFingerprints} says
     * otherwise, so a key that comes with another path of the same operation is refused with 422.
     *
     * @param operation says what a request does: any text without a NUL, the same for each sending of it
     * @return the guard
     */
    public HttpGuard<C> withOperation(Function<? super HttpHead, String> operation) {
        Objects.requireNonNull(operation, "operation");
        return with(new Identity(operation, identity.fingerprints(), identity.isOneKeyPerScope()));
    }

    /**
     * This guard for keys that are used once in their scope, whatever is done: a key that comes again with another operation is
     * refused with 422, as one with another body is. Records that were written without this setting are not found with it.
     *
     * @return the guard
     */
    public HttpGuard<C> withOneKeyPerScope() {
        return with(new Identity(identity.operation(), identity.fingerprints(), true));
    }

    /**
     * This guard with another limit for bodies of requests.
     *
     * @param bodyLimit in bytes, 0 or more
     * @return the guard
     * @throws IllegalArgumentException if it is negative
     */
    public HttpGuard<C> withBodyLimit(int bodyLimit) {
        if (bodyLimit < 0) {
            throw new IllegalArgumentException("body limit " + bodyLimit + ": it is 0 or more bytes");
        }
        return with(new Wire(wire.header, wire.form, wire.demand, bodyLimit));
    }

    private HttpGuard<C> with(Wire changed) {
        return new HttpGuard<>(idempotency, changed, identity);
    }

    private HttpGuard<C> with(Identity changed) {
        return new HttpGuard<>(idempotency, wire, changed);
    }

    /**
     * How long a body of a request with a key may be.
     *
     * @return in bytes
     */
    public int bodyLimit() {
        return wire.bodyLimit;
    }

    /**
     * What is to be done about a request. Whoever calls this has authenticated it.
     *
     * @param head the request
     * @param principal whose it is; asked only if it has a key
     * @return the plan
     */
    public Plan plan(HttpHead head, Supplier<Optional<Scope>> principal) {
        Demand demand = wire.demand.of(head.method(), head.normalizedPath());
        List<String> lines = head.headers().apply(wire.header);
        if (demand == Demand.IGNORED || (demand == Demand.OPTIONAL && lines.isEmpty())) {
            return new Plan.Pass();
        }
        if (lines.isEmpty()) {
            return new Plan.Refuse(Problem.KEY_MISSING.reply(
                    "send " + wire.header + ": \"…\" with a new UUID for each thing that is to happen once", Map.of()));
        }
        Optional<Scope> scope = principal.get();
        if (scope.isEmpty()) {
            return new Plan.Refuse(Problem.UNAUTHENTICATED.reply());
        }
        IdempotencyKey key;
        try {
            key = IdempotencyKey.parse(lines, wire.form);
        } catch (InvalidKeyException invalid) {
            return new Plan.Refuse(Problem.KEY_INVALID.reply(invalid.getMessage(), Map.of()));
        }
        return new Plan.Keyed(scope.get(), key);
    }

    /**
     * What is answered to a request whose body is longer than the limit. Nothing has been claimed.
     *
     * @return the reply
     */
    public StoredResponse tooLarge() {
        return Problem.BODY_TOO_LARGE.reply("at most " + wire.bodyLimit + " bytes", Map.of());
    }

    /**
     * Runs a request once, and says what to answer: once this returns, all that has to be recorded is. What happens to the
     * client meanwhile changes nothing.
     *
     * @param head the request
     * @param keyed its plan
     * @param body its body
     * @param mayReplay asked before a result is told again: whether this caller may still be told
     * @param work what makes the response
     * @param <X> what the work throws
     * @return the reply
     * @throws X if the work was run and has thrown it
     */
    public <X extends Exception> StoredResponse handle(
            HttpHead head,
            Plan.Keyed keyed,
            byte[] body,
            Predicate<? super IdempotencyRecord> mayReplay,
            Work<? super C, X> work)
            throws X {
        Answer answer;
        try {
            answer = idempotency.execute(identity.call(head, keyed, body), work);
        } catch (StoreUnavailableException unavailable) {
            return Replies.storeUnavailable();
        }
        return Replies.of(answer, mayReplay);
    }

    /**
     * Whether requests can be run that are answered on another thread: only where effect and record are apart.
     *
     * @return whether it is made of an {@link ExternalIdempotency}
     */
    public boolean canBeAsync() {
        return idempotency instanceof ExternalIdempotency;
    }

    /**
     * Runs a request once that may be answered on another thread. The key is claimed on this one; once the future is complete,
     * all that has to be recorded is.
     *
     * @param head the request
     * @param keyed its plan
     * @param body its body
     * @param mayReplay asked before a result is told again: whether this caller may still be told
     * @param work what makes the response
     * @return the reply; it fails with what the work failed with
     * @throws IllegalStateException if it {@linkplain #canBeAsync() cannot} be
     */
    public CompletableFuture<StoredResponse> handleAsync(
            HttpHead head,
            Plan.Keyed keyed,
            byte[] body,
            Predicate<? super IdempotencyRecord> mayReplay,
            Function<? super Execution, ? extends CompletionStage<StoredResponse>> work) {
        if (!(idempotency instanceof ExternalIdempotency external)) {
            throw new IllegalStateException("what is answered on another thread cannot be in one transaction with its"
                    + " record: make the guard of an ExternalIdempotency");
        }
        return external.executeAsync(identity.call(head, keyed, body), work)
                .thenApply(answer -> Replies.of(answer, mayReplay))
                .exceptionally(HttpGuard::unlessUnavailable);
    }

    private static StoredResponse unlessUnavailable(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof StoreUnavailableException) {
            return Replies.storeUnavailable();
        }
        throw new CompletionException(cause);
    }
}
