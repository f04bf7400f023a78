package dev.respite.idempotency;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
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
    private final NoEffect noEffect;
    private final Settlement settlement;

    private ExternalIdempotency(Claims claims, NoEffect noEffect) {
        this.claims = claims;
        this.store = new ResendingStore(claims.store(), claims.time());
        this.noEffect = noEffect;
        this.settlement = new Settlement(store, claims, noEffect);
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
        return new ExternalIdempotency(
                claims.withConduct(State.EFFECT_STARTED, CrashPolicy.leaveUnknown()), NoEffect.NEVER);
    }

    /**
     * This one with another crash policy.
     *
     * @param policy what to do where an owner has gone after its effect had begun
     * @return the idempotency
     */
    public ExternalIdempotency withCrashPolicy(CrashPolicy policy) {
        return new ExternalIdempotency(claims.withConduct(claims.firstState(), policy), noEffect);
    }

    /**
     * This one for work that always calls {@link Execution#effectStarting()} before it begins what cannot be taken back. A
     * crash before that is no matter then; the call costs one more question to the store.
     *
     * @return the idempotency
     */
    public ExternalIdempotency withEffectsAnnounced() {
        return new ExternalIdempotency(claims.withConduct(State.STARTED, claims.crashPolicy()), noEffect);
    }

    /**
     * This one for work some of whose responses say that nothing was done, as if the work had called {@link
     * Execution#noEffect()}: such a response is returned to the caller and not recorded, and the key can be sent again. Without, the
     * responses 401, 403, 408, 425, 429 and 5xx leave a key unknown, and all others are results.
     *
     * <p>Name only responses that are never given after an effect has begun: a 403 of the code that checks permissions first is
     * one, a 403 of another house that the work calls is none. Work that has called {@link Execution#effectStarting()} is not
     * asked about. If the predicate throws, the key is unknown and the caller gets what it has thrown.
     *
     * @param responses which responses say that nothing was done; it replaces the one before
     * @return the idempotency
     */
    public ExternalIdempotency withNoEffect(Predicate<? super StoredResponse> responses) {
        Objects.requireNonNull(responses, "responses");
        return new ExternalIdempotency(claims, new NoEffect(responses, noEffect.failures()));
    }

    /**
     * This one for work some of whose exceptions say that nothing was done, as {@link #withNoEffect} says it of responses. The
     * exception goes through to the caller, and the key can be sent again. Without, every exception leaves a key unknown.
     *
     * <p>The predicate is asked about the exception and each of its causes, because frameworks wrap: Spring's {@code
     * AccessDeniedException} comes in a {@code ServletException}. If it throws, that is added to the exception, and the key is
     * unknown.
     *
     * @param failures which exceptions say that nothing was done; it replaces the one before
     * @return the idempotency
     */
    public ExternalIdempotency withNoEffectAfter(Predicate<? super Throwable> failures) {
        Objects.requireNonNull(failures, "failures");
        return new ExternalIdempotency(claims, new NoEffect(noEffect.responses(), failures));
    }

    @Override
    public <X extends Exception> Answer execute(IdempotentCall call, Work<? super Execution, X> work) throws X {
        return claims.run(call, owned -> {
            Execution execution = new Execution(store, owned);
            StoredResponse response;
            try {
                response = Objects.requireNonNull(work.run(execution), NO_RESPONSE);
                settlement.judge(execution, response);
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
        if (response == null) {
            return failed(execution, failure == null ? new NullPointerException(NO_RESPONSE) : failure);
        }
        try {
            settlement.judge(execution, response);
        } catch (RuntimeException broken) {
            return failed(execution, broken);
        }
        return claims.settled(execution.owned(), settlement.ended(execution, response));
    }

    private Answer failed(Execution execution, Throwable failure) throws Throwable {
        Throwable error =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
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
