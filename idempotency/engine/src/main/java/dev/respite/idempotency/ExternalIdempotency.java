package dev.respite.idempotency;

import dev.respite.cause.CauseChain;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs work once whose effect is outside the record's store: mail, a payment at another company, a database that the store
 * cannot reach.
 *
 * <p>A crash between effect and record cannot be distinguished from a crash before the effect. The guarantee is therefore
 * that of the {@link CrashPolicy}: by default at most once, and a record may have to be resolved. The guarantee holds as
 * long as the store loses no record.
 *
 * <p>Immutable. The methods called {@code with…} return a new object that shares the counters.
 */
public final class ExternalIdempotency implements Idempotency<Execution> {

    private static final String NO_RESPONSE =
            "the work returned null: return StoredResponse.empty() if it is done and has no response";

    private final IdempotencyEngine engine;
    private final IdempotencyStore store;
    private final NoEffect noEffect;
    private final CompletionRecorder recorder;

    private ExternalIdempotency(IdempotencyEngine engine, NoEffect noEffect) {
        this.engine = engine;
        this.store = new ResendingStore(engine.store(), engine.time());
        this.noEffect = noEffect;
        this.recorder = new CompletionRecorder(store, engine, noEffect);
    }

    /**
     * {@return an idempotency for a store, with the default settings} A crash leaves a key unknown, and the effect counts as
     * begun with the claim.
     *
     * @param store the store
     */
    public static ExternalIdempotency of(IdempotencyStore store) {
        return of(IdempotencyEngine.of(store));
    }

    /**
     * Creates an idempotency for an engine. A crash leaves a key unknown, and the effect counts as begun with the claim.
     *
     * @param engine the engine
     * @return the idempotency, with the counters of the engine
     */
    public static ExternalIdempotency of(IdempotencyEngine engine) {
        return new ExternalIdempotency(
                engine.withConfig(State.EFFECT_STARTED, CrashPolicy.leaveUnknown()), NoEffect.NEVER);
    }

    /**
     * {@return an idempotency with another crash policy}
     *
     * @param policy what happens to a record whose owner is gone after its effect had begun
     */
    public ExternalIdempotency withCrashPolicy(CrashPolicy policy) {
        return new ExternalIdempotency(engine.withConfig(engine.firstState(), policy), noEffect);
    }

    /**
     * {@return an idempotency for work that always calls {@link Execution#effectStarting()} before it begins its effect} A key
     * whose owner crashes before that call is run again. The call costs one more round trip to the store.
     */
    public ExternalIdempotency withExplicitEffectStart() {
        return new ExternalIdempotency(engine.withConfig(State.STARTED, engine.crashPolicy()), noEffect);
    }

    /**
     * {@return an idempotency in which some responses mean that the work had no effect, as if it had called {@link
     * Execution#noEffect()}} Such a response is returned to the caller and not recorded, and the key may be sent again. Without
     * this method, the responses 401, 403, 408, 425, 429 and 5xx leave a key unknown, and all others are results.
     *
     * <p>Select only responses that the work never returns after an effect has begun. A 403 from code that checks
     * permissions first is one; a 403 from another service that the work calls is not. The predicate is not tested for work
     * that has called {@link Execution#effectStarting()}. If the predicate throws, the key is unknown and the caller gets
     * that exception.
     *
     * @param responses selects the responses without an effect; it replaces an earlier one
     */
    public ExternalIdempotency withNoEffectResponses(Predicate<? super StoredResponse> responses) {
        Objects.requireNonNull(responses, "responses");
        return new ExternalIdempotency(engine, new NoEffect(responses, noEffect.failures()));
    }

    /**
     * {@return an idempotency in which some exceptions mean that the work had no effect, as {@link #withNoEffectResponses} does
     * for responses} The exception passes through to the caller, and the key may be sent again. Without this method, every
     * exception leaves a key unknown.
     *
     * <p>The predicate is tested for the exception and each of its causes, because frameworks wrap exceptions: Spring's
     * {@code AccessDeniedException} is the cause of a {@code ServletException}. If the predicate throws, its exception is
     * added to the first one as suppressed, and the key is unknown.
     *
     * @param failures selects the exceptions without an effect; it replaces an earlier one
     */
    public ExternalIdempotency withNoEffectExceptions(Predicate<? super Throwable> failures) {
        Objects.requireNonNull(failures, "failures");
        return new ExternalIdempotency(engine, new NoEffect(noEffect.responses(), failures));
    }

    @Override
    public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super Execution, X> work)
            throws X {
        return engine.run(call, owned -> {
            Execution execution = new Execution(store, owned);
            StoredResponse response;
            try {
                response = Objects.requireNonNull(work.run(execution), NO_RESPONSE);
                recorder.judge(execution, response);
            } catch (Throwable failure) {
                if (execution.isLost()) {
                    return ExecutionOutcome.Unfinished.LOST;
                }
                Optional<ExecutionOutcome> outcome = recorder.endedBy(failure, execution);
                if (outcome.isPresent()) {
                    return outcome.get();
                }
                throw failure;
            }
            return recorder.ended(execution, response);
        });
    }

    /**
     * Runs work that completes on another thread. The key is claimed on the calling thread. The outcome is recorded on the
     * thread that completes the work, before the returned future completes. That thread must not be one that the store needs
     * to respond, such as an event loop of the store's client.
     *
     * <p>If {@link Execution#effectStarting()} finds that another call has taken over, the work is not run again as in
     * {@link #execute}. The future completes with the result of the other call, or with {@link IdempotentResult.InProgress}.
     *
     * @param call the call with its key
     * @param work the work
     * @return the result. It fails with the exception of the work, or with {@link StoreUnavailableException} if the record
     *     could not be claimed and the work did not run. Cancelling it does not cancel the work
     */
    public CompletableFuture<IdempotentResult> executeAsync(
            IdempotentCall call, Function<? super Execution, ? extends CompletionStage<StoredResponse>> work) {
        StorageKey key = call.storageKey();
        OwnedRecord owned;
        try {
            Claim claim = engine.claim(call, key);
            if (!(claim instanceof Claim.Execute execute)) {
                return CompletableFuture.completedFuture(engine.settled(key, claim));
            }
            owned = engine.owned(execute, call);
        } catch (StoreUnavailableException failure) {
            return CompletableFuture.failedFuture(failure);
        }
        Execution execution = new Execution(store, owned);
        CompletableFuture<IdempotentResult> result = new CompletableFuture<>();
        // A separate future: cancelling a stage of the work would prevent the outcome from being recorded.
        var unused = begun(execution, work).whenComplete((response, failure) -> {
            try {
                result.complete(end(execution, response, failure));
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        });
        return result;
    }

    private IdempotentResult end(Execution execution, @Nullable StoredResponse response, @Nullable Throwable failure)
            throws Throwable {
        if (response == null) {
            return failed(execution, failure == null ? new NullPointerException(NO_RESPONSE) : failure);
        }
        try {
            recorder.judge(execution, response);
        } catch (RuntimeException broken) {
            return failed(execution, broken);
        }
        return engine.settled(execution.owned(), recorder.ended(execution, response));
    }

    private IdempotentResult failed(Execution execution, Throwable failure) throws Throwable {
        Throwable error = CauseChain.unwrap(failure);
        if (execution.isLost()) {
            return engine.lost(execution.owned());
        }
        Optional<ExecutionOutcome> outcome = recorder.endedBy(error, execution);
        if (outcome.isPresent()) {
            return engine.settled(execution.owned(), outcome.get());
        }
        engine.failed(execution.owned(), error);
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
        return engine.counts();
    }
}
