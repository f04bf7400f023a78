package dev.respite.idempotency;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.respite.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records in the memory of this process: for tests, for one node, and for what need not outlive it. All is forgotten when the
 * process ends, and two processes know nothing of each other: there the same key runs twice.
 *
 * <p>It is bounded by refusing new keys, never by dropping a record. Records that are {@link State#DONE} or {@link
 * State#READY} go by themselves once they expire; others stay.
 *
 * <p>Its clock never goes backwards: it advances with the monotonic clock, and steps forward as soon as the wall clock is more
 * than 100 ms ahead of it, after a suspend for example or a late correction by NTP. Where the wall clock is set back, it keeps
 * its lead. What depends on which clock:
 *
 * <ul>
 *   <li>The age of a UUIDv7 key is measured by this clock. A wall clock that was ahead by more than the retention, even once,
 *       makes all new keys too old until the wall clock has caught up or the process is restarted.
 *   <li>A lease and a retention last at least their full length by the monotonic clock. No step of the wall clock shortens them.
 * </ul>
 */
public final class InMemoryIdempotencyStore implements IdempotencyStore {

    private final StoreClock clock;
    private final Room room;
    private final AtomicLong fences;
    private final Cache<StorageKey, Held> records;

    /**
     * A record in memory.
     *
     * @param record the record, its times by the clock as it was when it was written
     * @param stepped the sum of the clock's steps when it was written, in nanoseconds
     */
    private record Held(IdempotencyRecord record, long stepped) {

        /** The record as it is to be read now. Its lease ends later by what the clock has stepped forward since. */
        IdempotencyRecord at(StoreClock.Reading reading) {
            if (reading.stepped() == stepped) {
                return record;
            }
            IdempotencyRecord.Times times = record.times();
            Instant leaseUntil = times.leaseUntil().plusNanos(reading.stepped() - stepped);
            return new IdempotencyRecord(
                    record.ownership(),
                    record.state(),
                    record.fingerprint(),
                    record.claims(),
                    new IdempotencyRecord.Times(leaseUntil, times.expiresAt(), times.keyTime()),
                    record.response());
        }
    }

    /** The greatest key time of all records that have expired. */
    private final AtomicReference<Instant> expiredKeyTime = new AtomicReference<>(Instant.MIN);

    private InMemoryIdempotencyStore(Quota quota, TimeSource time) {
        this.clock = new StoreClock(time);
        this.room = new Room(quota);
        // A resource that remembers fences must not refuse this process for what the one before it had.
        this.fences =
                new AtomicLong(Duration.between(Instant.EPOCH, clock.start()).toMillis() * 1_000);
        this.records = Caffeine.newBuilder()
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .expireAfter(new AtExpiresAt())
                .evictionListener(this::expired)
                .build();
    }

    /**
     * A store with the default quota.
     *
     * @return an empty store
     */
    public static InMemoryIdempotencyStore create() {
        return of(Quota.defaults(), TimeSource.system());
    }

    /**
     * A store in a time that need not be the world's.
     *
     * @param quota how much it takes
     * @param time its clock
     * @return an empty store
     */
    public static InMemoryIdempotencyStore of(Quota quota, TimeSource time) {
        return new InMemoryIdempotencyStore(Objects.requireNonNull(quota, "quota"), time);
    }

    @Override
    public Put putIfAbsent(StorageKey key, Draft draft) {
        Put put = tryPut(key, draft);
        if (put instanceof Full) {
            // Some of what takes the room may have expired, and not be gone yet.
            records.cleanUp();
            return tryPut(key, draft);
        }
        return put;
    }

    private Put tryPut(StorageKey key, Draft draft) {
        Carrier<Put> answer = new Carrier<>();
        records.asMap().compute(key, (name, found) -> {
            StoreClock.Reading reading = clock.read();
            Instant now = reading.now();
            if (found != null) {
                answer.set(new Found(found.at(reading), now));
                return found;
            }
            if (!draft.terms().admit(now) || isPurged(draft.terms())) {
                answer.set(new NotAdmitted(now));
                return null;
            }
            IdempotencyRecord record = draft.at(key, fences.incrementAndGet(), now);
            if (!room.tryTake(record)) {
                answer.set(new Full());
                return null;
            }
            answer.set(new Written(record));
            return new Held(record, reading.stepped());
        });
        return answer.get();
    }

    @Override
    public Swap compareAndSet(Expectation expected, Draft draft) {
        Carrier<Swap> answer = new Carrier<>();
        StorageKey key = expected.ownership().key();
        records.asMap().compute(key, (name, held) -> {
            StoreClock.Reading reading = clock.read();
            Instant now = reading.now();
            @Nullable IdempotencyRecord found = held == null ? null : held.at(reading);
            if (found == null || !expected.isMetBy(found, now)) {
                answer.set(new Refused(Optional.ofNullable(found), now));
                return held;
            }
            boolean sameOwner = draft.owner().equals(found.ownership().owner());
            long fence = sameOwner ? found.ownership().fence() : fences.incrementAndGet();
            IdempotencyRecord record = draft.at(key, fence, now);
            room.replaced(found, record);
            answer.set(new Written(record));
            return new Held(record, reading.stepped());
        });
        return answer.get();
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return Optional.ofNullable(records.getIfPresent(key)).map(held -> held.at(clock.read()));
    }

    /**
     * Removes what has expired. It would go by itself too, a little later.
     *
     * @param atMost not looked at
     * @return 0
     */
    @Override
    public int purge(int atMost) {
        records.cleanUp();
        return 0;
    }

    @Override
    public List<IdempotencyRecord> list(State state, Optional<StorageKey> after, int atMost) {
        if (atMost < 1) {
            throw new IllegalArgumentException("list at most " + atMost + " records: it is at least 1");
        }
        String last = after.map(StorageKey::value).orElse("");
        return in(state)
                .filter(record -> record.key().value().compareTo(last) > 0)
                .sorted(Comparator.comparing(record -> record.key().value()))
                .limit(atMost)
                .toList();
    }

    @Override
    public long count(State state) {
        return in(state).count();
    }

    private Stream<IdempotencyRecord> in(State state) {
        return records.asMap().keySet().stream()
                .flatMap(key -> find(key).stream())
                .filter(record -> record.state() == state);
    }

    private void expired(@Nullable StorageKey key, @Nullable Held held, RemovalCause cause) {
        if (held != null) {
            room.leave(held.record());
            raiseMark(held.record().times().keyTime());
        }
    }

    /** Called in the step that removes the record: whoever comes for the same key after it sees the mark. */
    private void raiseMark(Optional<Instant> keyTime) {
        keyTime.ifPresent(
                time -> expiredKeyTime.accumulateAndGet(time, (mark, other) -> other.isAfter(mark) ? other : mark));
    }

    private boolean isPurged(Draft.Terms terms) {
        return terms.keyTime()
                .filter(time -> !time.isAfter(expiredKeyTime.get()))
                .isPresent();
    }

    /** Carries a value out of a function that is called before the method that takes it returns. */
    private static final class Carrier<T> {
        private @Nullable T value;

        void set(T answer) {
            value = answer;
        }

        T get() {
            return Objects.requireNonNull(value);
        }
    }

    /**
     * When a record goes by itself: never, as long as nobody knows how it ends. The time left is that when it was written, so it
     * passes by the monotonic clock; the store's clock is then past {@code expiresAt} too, and refuses the key as too old.
     */
    private final class AtExpiresAt implements Expiry<StorageKey, Held> {

        @Override
        public long expireAfterCreate(StorageKey key, Held held, long nanos) {
            IdempotencyRecord record = held.record();
            boolean settled = record.state() == State.DONE || record.state() == State.READY;
            if (!settled) {
                return Long.MAX_VALUE;
            }
            Duration left = Duration.between(
                    clock.at(nanos, held.stepped()), record.times().expiresAt());
            return left.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : left.toNanos();
        }

        @Override
        public long expireAfterUpdate(StorageKey key, Held held, long nanos, long currentLeft) {
            return expireAfterCreate(key, held, nanos);
        }

        @Override
        public long expireAfterRead(StorageKey key, Held held, long nanos, long currentLeft) {
            return currentLeft;
        }
    }
}
