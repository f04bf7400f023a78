package dev.respite.idempotency;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Claims keys in a store and decides how each call proceeds. Every {@link Idempotency} is built on it.
 *
 * <p>Create one for each store and keep it. It is immutable except for its counters, and safe for use by any number of
 * threads.
 *
 * <p>To combine effect and record in another way than this module does, implement {@link Idempotency}: {@code execute} calls
 * {@link #run} with an {@link EffectRunner}, which changes the record through {@link OwnedRecord}.
 */
public final class IdempotencyEngine {

    /** A record is lost this often only if the lease is shorter than the pauses of this process. */
    private static final int MAX_LOSSES = 3;

    /** Used where the store has already been retried for seconds, or other calls keep taking the record over. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final IdempotencyStore store;
    private final IdempotencySettings settings;
    private final TimeSource time;
    private final ClaimConfig config;
    private final IdempotencyPublisher reporter;
    private final KeyClaimer claimer;
    private final ResultMapper resultMapper;

    /**
     * Runs the work of a claimed record. Implementations differ in how they combine effect and record.
     *
     * @param <X> the checked exception that the work throws
     */
    @FunctionalInterface
    public interface EffectRunner<X extends Exception> {

        /**
         * Runs the work and changes the record when the work ends. When this method returns or throws, the record is in its
         * final state for this execution, unless the store did not respond.
         *
         * @param owned the record, owned by this call
         * @return the outcome of the execution
         * @throws X if the work has thrown it
         */
        ExecutionOutcome run(OwnedRecord owned) throws X;
    }

    private IdempotencyEngine(
            IdempotencyStore store,
            IdempotencySettings settings,
            TimeSource time,
            ClaimConfig config,
            IdempotencyPublisher reporter) {
        this.store = store;
        this.settings = settings;
        this.time = time;
        this.config = config;
        this.reporter = reporter;
        this.claimer = new KeyClaimer(new ResendingStore(store, time), settings, config, reporter, new Owners(time));
        this.resultMapper = new ResultMapper(store, config, reporter);
    }

    /**
     * {@return an engine for a store, with the default settings}
     *
     * @param store the store
     */
    public static IdempotencyEngine of(IdempotencyStore store) {
        return of(store, TimeSource.system());
    }

    /**
     * {@return an engine for a store and a time source}
     *
     * @param store the store
     * @param time used for waiting, and for the time of the claim that operators see; the store has its own clock
     */
    public static IdempotencyEngine of(IdempotencyStore store, TimeSource time) {
        return new IdempotencyEngine(
                Objects.requireNonNull(store, "store"),
                IdempotencySettings.defaults(),
                time,
                ClaimConfig.DEFAULT,
                new IdempotencyPublisher("idempotency", IdempotencyListener.NONE));
    }

    /**
     * {@return an engine with other settings}
     *
     * @param settings the settings
     */
    public IdempotencyEngine withSettings(IdempotencySettings settings) {
        return new IdempotencyEngine(store, settings, time, config, reporter);
    }

    /**
     * {@return an engine with another name and new counters}
     *
     * @param name the name in events and metrics
     */
    public IdempotencyEngine withName(String name) {
        return new IdempotencyEngine(store, settings, time, config, reporter.withName(name));
    }

    /**
     * {@return an engine with an additional listener and new counters}
     *
     * @param added the listener
     */
    public IdempotencyEngine withListener(IdempotencyListener added) {
        return new IdempotencyEngine(store, settings, time, config, reporter.withListener(added));
    }

    /**
     * {@return an engine that rebuilds response bodies that were too long to store}
     *
     * @param rebuilder builds the responses
     */
    public IdempotencyEngine withRebuilder(Rebuilder rebuilder) {
        return new IdempotencyEngine(store, settings, time, config.with(rebuilder), reporter);
    }

    /**
     * {@return an engine that encrypts responses in the store}
     *
     * <p>If the encryption key of a stored response is not configured, or the response was modified, it cannot be replayed. The
     * call throws a {@link StoreUnavailableException} (503 in HTTP), and the work does not run.
     *
     * @param encryption encrypts and decrypts the responses
     */
    public IdempotencyEngine withEncryption(ResponseEncryption encryption) {
        return new IdempotencyEngine(store, settings, time, config.with(encryption), reporter);
    }

    /**
     * {@return an engine whose records do not contain the operation, for example because its path has personal data} Otherwise a
     * record contains up to 32 characters of it, see {@link dev.respite.idempotency.store.OwnerToken#operation()}.
     */
    public IdempotencyEngine withoutOperations() {
        return new IdempotencyEngine(store, settings, time, config.withoutOperations(), reporter);
    }

    IdempotencyEngine withConfig(State firstState, CrashPolicy crashPolicy) {
        return new IdempotencyEngine(store, settings, time, config.with(firstState, crashPolicy), reporter);
    }

    /**
     * Claims the key and runs the work if this call owns the record; otherwise returns the result that the record
     * determines.
     *
     * @param call the call with its key
     * @param runner runs the work
     * @param <X> the checked exception that the work throws
     * @return the result of the call
     * @throws X if the work ran and has thrown it
     * @throws StoreUnavailableException if the record could not be claimed; the work did not run
     */
    public <X extends Exception> IdempotentResult run(IdempotentCall call, EffectRunner<X> runner) throws X {
        StorageKey key = call.storageKey();
        for (int losses = 0; losses < MAX_LOSSES; losses++) {
            Claim claim = claim(call, key);
            if (!(claim instanceof Claim.Execute execute)) {
                return settled(key, claim);
            }
            OwnedRecord owned = owned(execute, call);
            ExecutionOutcome outcome = driven(owned, runner);
            if (outcome != ExecutionOutcome.Unfinished.LOST) {
                return settled(owned, outcome);
            }
            lost(key);
        }
        return ended(key, new IdempotentResult.InProgress(RETRY_AFTER));
    }

    /**
     * Runs work whose response is known before it, without a claim: the record is written in the transaction of the work. If that
     * is not possible, or the transaction was rolled back, the key is claimed as in {@link #run}.
     *
     * @param call the call with its key
     * @param response the response of the work
     * @param unclaimed writes {@link OwnedRecord#firstWrite()} and runs the work. It returns {@link
     *     ExecutionOutcome.Unfinished#LOST} if the key has a record, or nothing of the work was committed and it may run again
     * @param claimed runs the work of a claimed record
     * @param <X> the checked exception that the work throws
     * @return the result of the call
     * @throws X if the work ran and has thrown it
     * @throws StoreUnavailableException if the record could not be claimed; the work had no effect
     */
    public <X extends Exception> IdempotentResult runUnclaimed(
            IdempotentCall call, StoredResponse response, EffectRunner<X> unclaimed, EffectRunner<X> claimed) throws X {
        // The encryption of a response is bound to the fence of its record, which the store assigns.
        if (config.encryption().isPresent()) {
            return run(call, claimed);
        }
        OwnedRecord planned = claimer.planned(call, response, time.wallTime());
        ExecutionOutcome outcome = driven(planned, unclaimed);
        return outcome == ExecutionOutcome.Unfinished.LOST ? run(call, claimed) : settled(planned, outcome);
    }

    private <X extends Exception> ExecutionOutcome driven(OwnedRecord owned, EffectRunner<X> runner) throws X {
        try {
            return runner.run(owned);
        } catch (Throwable failure) {
            failed(owned, failure);
            throw failure;
        }
    }

    void failed(OwnedRecord owned, Throwable failure) {
        reporter.failed(Kind.FAILED, owned.record().key(), failure);
    }

    /** Claims a key. While another call owns the record, polls for at most {@link IdempotencySettings#maxWait()}. */
    Claim claim(IdempotentCall call, StorageKey key) {
        PollingBackoff polling = new PollingBackoff(settings.maxWait(), time);
        while (true) {
            Claim claim = claimOnce(call, key);
            if (!(claim instanceof Claim.InProgress) || !polling.waitOnce()) {
                return claim;
            }
        }
    }

    private Claim claimOnce(IdempotentCall call, StorageKey key) {
        try {
            return claimer.claim(call, key);
        } catch (StoreUnavailableException failure) {
            storeFailed(key, failure);
            throw failure;
        }
    }

    OwnedRecord owned(Claim.Execute claim, IdempotentCall call) {
        return claimer.owned(claim, call);
    }

    /** Returns the result of a call that does not run the work. */
    IdempotentResult settled(StorageKey key, Claim claim) {
        IdempotentResult result;
        try {
            result = resultMapper.result(claim, key);
        } catch (StoreUnavailableException failure) {
            storeFailed(key, failure);
            throw failure;
        }
        return ended(key, result);
    }

    private void lost(StorageKey key) {
        reporter.publish(Kind.LOST_OWNERSHIP, key, Optional.empty());
    }

    /** Returns the result of an execution that lost its record before it had an effect, and cannot be restarted. */
    IdempotentResult lost(OwnedRecord owned) {
        lost(owned.record().key());
        return settled(owned, ExecutionOutcome.Unfinished.UNDECIDED);
    }

    /** Returns the result of an execution whose outcome is not {@link ExecutionOutcome.Unfinished#LOST}. */
    IdempotentResult settled(OwnedRecord owned, ExecutionOutcome outcome) {
        if (outcome instanceof IdempotentResult.Executed executed && !settings.keepsBodyOf(executed.response())) {
            reporter.publish(Kind.BODY_NOT_KEPT, owned.record().key(), Optional.empty());
        }
        return ended(owned.record().key(), resultMapper.result(owned, outcome));
    }

    private IdempotentResult ended(StorageKey key, IdempotentResult result) {
        reporter.ended(key, result);
        return result;
    }

    void storeFailed(StorageKey key, StoreUnavailableException failure) {
        reporter.failed(Kind.STORE_FAILED, key, failure);
    }

    /** {@return the time source that this engine waits with} */
    public TimeSource time() {
        return time;
    }

    State firstState() {
        return config.firstState();
    }

    CrashPolicy crashPolicy() {
        return config.crashPolicy();
    }

    /**
     * Resolves a record whose outcome is unknown.
     *
     * @param key the name of the record, as in the events
     * @param resolution the finding about the effect
     * @return true if the record was unknown and this call has changed it
     * @throws StoreUnavailableException if the store did not respond
     */
    public boolean resolve(StorageKey key, Resolution resolution) {
        Objects.requireNonNull(resolution, "resolution");
        return store.find(key).map(found -> claimer.resolve(found, resolution)).orElse(false);
    }

    /** {@return the settings} */
    public IdempotencySettings settings() {
        return settings;
    }

    /** {@return the store that this engine was created with} */
    public IdempotencyStore store() {
        return store;
    }

    /**
     * Returns how often each kind of event has occurred.
     *
     * @return the counts
     */
    public IdempotencyCounts counts() {
        return reporter.read();
    }
}
