package dev.respite.idempotency;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a thing once whose effect is outside of the store that the record is in: mail, a payment at another house, a database
 * that the store knows nothing of.
 *
 * <p>A crash between effect and record looks exactly like one before the effect, and no protocol can tell them apart. So what
 * is promised then is what the {@link CrashPolicy} says: by default at most once, and somebody may have to find out. All of it
 * holds as long as the store loses no record.
 *
 * <p>Immutable; the methods called {@code with…} return another one, which shares the counts.
 */
public final class ExternalIdempotency implements Idempotency<Execution> {

    private static final String NO_RESPONSE = "the work returned null; StoredResponse.empty() says that it was done";

    private final Claims claims;
    private final IdempotencyStore store;
    private final Settlement settlement;

    private ExternalIdempotency(Claims claims) {
        this.claims = claims;
        this.store = new ResendingStore(claims.store(), claims.time());
        this.settlement = new Settlement(store, claims);
    }

    /**
     * Records in a store, with the default settings: a crash leaves a key unknown, and effects are taken to begin with the
     * claim.
     *
     * @param store the store
     * @return the idempotency
     */
    public static ExternalIdempotency in(IdempotencyStore store) {
        return of(Claims.in(store));
    }

    /**
     * Records by claims: a crash leaves a key unknown, and effects are taken to begin with the claim.
     *
     * @param claims the claims
     * @return the idempotency, with the counts of the claims
     */
    public static ExternalIdempotency of(Claims claims) {
        return new ExternalIdempotency(claims.withConduct(State.EFFECT_STARTED, CrashPolicy.leaveUnknown()));
    }

    /**
     * This one with another crash policy.
     *
     * @param policy what to do where an owner has gone after its effect had begun
     * @return the idempotency
     */
    public ExternalIdempotency withCrashPolicy(CrashPolicy policy) {
        return new ExternalIdempotency(claims.withConduct(claims.firstState(), policy));
    }

    /**
     * This one for work that always calls {@link Execution#effectStarting()} before it begins what cannot be taken back. A
     * crash before that is no matter then; the call costs one more question to the store.
     *
     * @return the idempotency
     */
    public ExternalIdempotency withEffectsAnnounced() {
        return new ExternalIdempotency(claims.withConduct(State.STARTED, claims.crashPolicy()));
    }

    @Override
    public <X extends Exception> Answer execute(IdempotentCall call, Work<? super Execution, X> work) throws X {
        return claims.run(call, owned -> {
            Execution execution = new Execution(store, owned);
            StoredResponse response;
            try {
                response = Objects.requireNonNull(work.run(execution), NO_RESPONSE);
            } catch (Throwable failure) {
                if (execution.isLost()) {
                    return new Ending.Lost();
                }
                Optional<Ending> ending = settlement.endedBy(failure, execution);
                if (ending.isPresent()) {
                    return ending.get();
                }
                throw failure;
            }
            return settlement.ended(execution, response);
        });
    }

    /**
     * Runs work that ends on another thread. The key is claimed on this thread; what is recorded in the end is recorded on
     * the thread that ends the work, before the future is completed. So that must not be one that the store needs to answer:
     * an event loop of its client, say.
     *
     * <p>Work that finds at {@link Execution#effectStarting()} that another has taken over is not run again, as {@link #execute}
     * does; whoever asked is told what came of the other, or {@link Answer.InProgress}.
     *
     * @param call who asks for what under which key
     * @param work what to do
     * @return what to tell whoever asked; it fails with what the work failed with, or with {@link StoreUnavailableException}
     *     if the record could not be claimed and nothing was run. To cancel it does not disturb the work
     */
    public CompletableFuture<Answer> executeAsync(
            IdempotentCall call, Function<? super Execution, ? extends CompletionStage<StoredResponse>> work) {
        StorageKey key = call.storageKey();
        Clerk.Claimed claimed;
        try {
            claimed = claims.claim(call, key);
        } catch (StoreUnavailableException failure) {
            return CompletableFuture.failedFuture(failure);
        }
        if (claimed instanceof Clerk.Claimed.Told told) {
            return CompletableFuture.completedFuture(claims.answered(key, told.answer()));
        }
        Execution execution = new Execution(store, ((Clerk.Claimed.Mine) claimed).owned());
        CompletableFuture<Answer> told = new CompletableFuture<>();
        // Not a stage made from the work's: whoever cancels that would keep the end from being recorded.
        var unused = begun(execution, work).whenComplete((response, failure) -> {
            try {
                told.complete(end(execution, response, failure));
            } catch (Throwable thrown) {
                told.completeExceptionally(thrown);
            }
        });
        return told;
    }

    private Answer end(Execution execution, @Nullable StoredResponse response, @Nullable Throwable failure)
            throws Throwable {
        if (response != null) {
            return claims.settled(execution.owned(), settlement.ended(execution, response));
        }
        Throwable error = failure == null
                ? new NullPointerException(NO_RESPONSE)
                : failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (execution.isLost()) {
            return claims.lost(execution.owned());
        }
        Optional<Ending> ending = settlement.endedBy(error, execution);
        if (ending.isPresent()) {
            return claims.settled(execution.owned(), ending.get());
        }
        claims.failed(execution.owned(), error);
        throw error;
    }

    private static CompletionStage<StoredResponse> begun(
            Execution execution, Function<? super Execution, ? extends CompletionStage<StoredResponse>> work) {
        try {
            return Objects.requireNonNull(work.apply(execution), NO_RESPONSE);
        } catch (Throwable failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    @Override
    public IdempotencyCounts counts() {
        return claims.counts();
    }
}
