package dev.respite.idempotency;

import dev.respite.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Claims keys in a store and says what each caller is to do or to be told: what every {@link Idempotency} is made of.
 *
 * <p>Make one for each store, and keep it. It is immutable but for its counts, and safe for use by any number of threads.
 *
 * <p>Who joins effect and record in another way than this module does makes an {@link Idempotency} whose {@code execute} is
 * {@link #run} with a {@link Drive} of its own, and makes the changes of the record by {@link Owned}.
 */
public final class Claims {

    /** To lose a record again and again, the lease must be shorter than the pauses of this process. */
    private static final int MOST_LOSSES = 3;

    /** Where the store has been asked in vain for long already, or others keep on taking what is ours. */
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    private final IdempotencyStore store;
    private final IdempotencySettings settings;
    private final TimeSource time;
    private final Conduct conduct;
    private final Reporter reporter;
    private final Clerk clerk;
    private final Aftermath aftermath;

    /**
     * Runs what was claimed: what differs between the ways to join effect and record.
     *
     * @param <X> the checked exception that the work throws
     */
    @FunctionalInterface
    public interface Drive<X extends Exception> {

        /**
         * Runs the work, and changes the record as it ends: once this returns or throws, the record says what is to be said
         * of it, unless the store did not answer.
         *
         * @param owned the record, which is this call's
         * @return how it ended
         * @throws X if the work has thrown it
         */
        Ending run(Owned owned) throws X;
    }

    private Claims(
            IdempotencyStore store, IdempotencySettings settings, TimeSource time, Conduct conduct, Reporter reporter) {
        this.store = store;
        this.settings = settings;
        this.time = time;
        this.conduct = conduct;
        this.reporter = reporter;
        this.clerk = new Clerk(new ResendingStore(store, time), settings, conduct, reporter, new Owners());
        this.aftermath = new Aftermath(store, clerk, reporter);
    }

    /**
     * Claims in a store, with the default settings.
     *
     * @param store the store
     * @return the claims
     */
    public static Claims in(IdempotencyStore store) {
        return in(store, TimeSource.system());
    }

    /**
     * Claims in a store, whose waits need not be the world's.
     *
     * @param store the store
     * @param time what waits, and nothing else: the store has its own clock
     * @return the claims
     */
    public static Claims in(IdempotencyStore store, TimeSource time) {
        return new Claims(
                Objects.requireNonNull(store, "store"),
                IdempotencySettings.defaults(),
                time,
                Conduct.DEFAULT,
                new Reporter("idempotency", IdempotencyListener.NONE));
    }

    /**
     * These claims with other figures.
     *
     * @param settings the figures
     * @return the claims
     */
    public Claims with(IdempotencySettings settings) {
        return new Claims(store, settings, time, conduct, reporter);
    }

    /**
     * These claims under another name, with counts of their own.
     *
     * @param name what events and metrics call them
     * @return the claims
     */
    public Claims withName(String name) {
        return new Claims(store, settings, time, conduct, reporter.withName(name));
    }

    /**
     * These claims with one more listener, and counts of their own.
     *
     * @param added the listener
     * @return the claims
     */
    public Claims withListener(IdempotencyListener added) {
        return new Claims(store, settings, time, conduct, reporter.withListener(added));
    }

    /**
     * These claims with something that makes bodies again that were too long to be kept.
     *
     * @param rebuilder what makes them
     * @return the claims
     */
    public Claims withRebuilder(Rebuilder rebuilder) {
        return new Claims(store, settings, time, conduct.with(rebuilder), reporter);
    }

    /**
     * These claims with responses that are encrypted in the store.
     *
     * <p>A response whose key is not known cannot be replayed: that is a {@link StoreUnavailableException}, 503 in HTTP, and nothing
     * is executed.
     *
     * @param encryption what encrypts them
     * @return the claims
     */
    public Claims withEncryption(ResponseEncryption encryption) {
        return new Claims(store, settings, time, conduct.with(encryption), reporter);
    }

    Claims withConduct(State firstState, CrashPolicy crashPolicy) {
        return new Claims(store, settings, time, conduct.with(firstState, crashPolicy), reporter);
    }

    /**
     * Runs what is claimed, or tells what came of it.
     *
     * @param call who asks for what under which key
     * @param drive what runs it
     * @param <X> the checked exception that the work throws
     * @return what to tell whoever asked
     * @throws X if the work was run and has thrown it
     * @throws StoreUnavailableException if the record could not be claimed; nothing was run
     */
    public <X extends Exception> Answer run(IdempotentCall call, Drive<X> drive) throws X {
        StorageKey key = call.storageKey();
        for (int losses = 0; losses < MOST_LOSSES; losses++) {
            Clerk.Claimed claimed = claim(call, key);
            if (claimed instanceof Clerk.Claimed.Told told) {
                return answered(key, told.answer());
            }
            Owned owned = ((Clerk.Claimed.Mine) claimed).owned();
            Ending ending = driven(owned, drive);
            if (!(ending instanceof Ending.Lost)) {
                return settled(owned, ending);
            }
            lost(key);
        }
        return answered(key, new Answer.InProgress(A_WHILE));
    }

    private <X extends Exception> Ending driven(Owned owned, Drive<X> drive) throws X {
        try {
            return drive.run(owned);
        } catch (Throwable failure) {
            failed(owned, failure);
            throw failure;
        }
    }

    void failed(Owned owned, Throwable failure) {
        reporter.tell(
                new IdempotencyEvent.Failed(reporter.name(), owned.record().key(), failure));
    }

    /** Claims a key, and waits for another who is at it as long as the settings say. */
    Clerk.Claimed claim(IdempotentCall call, StorageKey key) {
        Patience patience = new Patience(settings.waitAtMost(), time);
        while (true) {
            Clerk.Claimed claimed = claimOnce(call, key);
            boolean busy = claimed instanceof Clerk.Claimed.Told told && told.answer() instanceof Answer.InProgress;
            if (!busy || !patience.waitALittle()) {
                return claimed;
            }
        }
    }

    private Clerk.Claimed claimOnce(IdempotentCall call, StorageKey key) {
        try {
            return clerk.claim(call, key);
        } catch (StoreUnavailableException failure) {
            storeFailed(key, failure);
            throw failure;
        }
    }

    private void lost(StorageKey key) {
        reporter.tell(new IdempotencyEvent.LostOwnership(reporter.name(), key, true, Optional.empty()));
    }

    /** What to tell of work that was lost before it did anything, and cannot be run again from where it ended. */
    Answer lost(Owned owned) {
        lost(owned.record().key());
        return settled(owned, new Ending.Undecided());
    }

    /** What to tell after it was run, and has not been lost. */
    Answer settled(Owned owned, Ending ending) {
        return answered(owned.record().key(), aftermath.answer(owned, ending));
    }

    Answer answered(StorageKey key, Answer answer) {
        reporter.tell(new IdempotencyEvent.Answered(reporter.name(), key, answer));
        return answer;
    }

    void storeFailed(StorageKey key, StoreUnavailableException failure) {
        reporter.storeFailed(key, failure);
    }

    /**
     * What waits.
     *
     * @return the time source that these claims were made with
     */
    public TimeSource time() {
        return time;
    }

    State firstState() {
        return conduct.firstState();
    }

    CrashPolicy crashPolicy() {
        return conduct.crashPolicy();
    }

    /**
     * Says what was found out about a key whose outcome was not known.
     *
     * @param key the name of the record, as the events have it
     * @param resolution what was found out
     * @return whether the record was unknown, and is no longer
     * @throws StoreUnavailableException if the store did not answer
     */
    public boolean resolve(StorageKey key, Resolution resolution) {
        Objects.requireNonNull(resolution, "resolution");
        return store.find(key).map(found -> clerk.resolve(found, resolution)).orElse(false);
    }

    /**
     * The figures.
     *
     * @return the settings
     */
    public IdempotencySettings settings() {
        return settings;
    }

    /**
     * Where the records are.
     *
     * @return the store that these claims were made with
     */
    public IdempotencyStore store() {
        return store;
    }

    /**
     * What happened so far.
     *
     * @return the counts
     */
    public IdempotencyCounts counts() {
        return reporter.read();
    }
}
