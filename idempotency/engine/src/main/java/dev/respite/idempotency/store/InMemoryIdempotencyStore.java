package dev.respite.idempotency.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.respite.time.TimeSource;
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
 * Stores records in the memory of this process: for tests, for a single node, and for keys that need not survive a restart.
 * All records are lost when the process ends. Two processes do not share records, so the same key runs once in each.
 *
 * <p>A full store rejects new keys and never evicts a record. Records in {@link State#DONE} and {@link State#READY} are
 * removed after they expire; others stay.
 *
 * <p>The clock of the store never goes backwards. It advances with the monotonic clock, and steps forward as soon as the
 * wall clock is more than 100 ms ahead of it, for example after a suspend or a late NTP correction. If the wall clock is set
 * back, the store's clock keeps its lead. Consequences:
 *
 * <ul>
 *   <li>The age of a UUIDv7 key is measured by this clock. If the wall clock was ahead by more than the retention, even
 *       once, all new keys are too old until the wall clock has caught up or the process is restarted.
 *   <li>A lease and a retention last at least their full length by the monotonic clock. No step of the wall clock shortens
 *       them.
 * </ul>
 */
public final class InMemoryIdempotencyStore implements IdempotencyStore {

    private final StoreClock clock;
    private final QuotaTracker tracker;
    private final AtomicLong fences;
    private final Cache<StorageKey, Held> records;

    /**
     * A record in memory.
     *
     * @param record the record, with the times of the clock when it was written
     * @param stepped the sum of the clock's steps when it was written, in nanoseconds
     */
    private record Held(IdempotencyRecord record, long stepped) {

        /** Returns the record as it is read now. Its lease ends later by the steps of the clock since the write. */
        IdempotencyRecord at(StoreClock.Reading reading) {
            if (reading.stepped() == stepped) {
                return record;
            }
            IdempotencyRecord.Times times = record.times();
            Instant leaseUntil = times.leaseUntil().plusNanos(reading.stepped() - stepped);
            return new IdempotencyRecord(
                    record.ownerToken(),
                    record.state(),
                    record.fingerprint(),
                    record.claims(),
                    new IdempotencyRecord.Times(leaseUntil, times.expiresAt(), times.keyTime()),
                    record.response());
        }
    }

    /** The purge mark: the greatest key time of all expired records. */
    private final AtomicReference<Instant> expiredKeyTime = new AtomicReference<>(Instant.MIN);

    private InMemoryIdempotencyStore(Quota quota, TimeSource time) {
        this.clock = new StoreClock(time);
        this.tracker = new QuotaTracker(quota);
        // Start above the fences of earlier processes, so that a resource that keeps fences accepts this process.
        this.fences =
                new AtomicLong(Duration.between(Instant.EPOCH, clock.start()).toMillis() * 1_000);
        this.records = Caffeine.newBuilder()
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .expireAfter(new AtExpiresAt())
                .evictionListener(this::expired)
                .build();
    }

    /** {@return an empty store with the default quota} */
    public static InMemoryIdempotencyStore create() {
        return of(Quota.defaults(), TimeSource.system());
    }

    /**
     * Creates a store with a quota and a time source.
     *
     * @param quota the limits of the store
     * @param time the clock of the store
     * @return an empty store
     */
    public static InMemoryIdempotencyStore of(Quota quota, TimeSource time) {
        return new InMemoryIdempotencyStore(Objects.requireNonNull(quota, "quota"), time);
    }

    @Override
    public Put putIfAbsent(StorageKey key, RecordWrite write) {
        Put put = tryPut(key, write);
        if (put instanceof Full) {
            // Expired records may still be counted against the quota.
            records.cleanUp();
            return tryPut(key, write);
        }
        return put;
    }

    private Put tryPut(StorageKey key, RecordWrite write) {
        Carrier<Put> result = new Carrier<>();
        records.asMap().compute(key, (name, found) -> {
            StoreClock.Reading reading = clock.read();
            Instant now = reading.now();
            if (found != null) {
                result.set(new Rejected(Optional.of(found.at(reading)), now));
                return found;
            }
            if (!write.terms().isAdmitted(now) || isPurged(write.terms())) {
                result.set(new Rejected(Optional.empty(), now));
                return null;
            }
            IdempotencyRecord record = write.toRecord(key, fences.incrementAndGet(), now);
            if (!tracker.tryTake(record)) {
                result.set(new Full());
                return null;
            }
            result.set(new Written(record));
            return new Held(record, reading.stepped());
        });
        return result.get();
    }

    @Override
    public Swap compareAndSet(Precondition expected, RecordWrite write) {
        Carrier<Swap> result = new Carrier<>();
        StorageKey key = expected.ownerToken().key();
        records.asMap().compute(key, (name, held) -> {
            StoreClock.Reading reading = clock.read();
            Instant now = reading.now();
            @Nullable IdempotencyRecord found = held == null ? null : held.at(reading);
            if (found == null || !expected.isMetBy(found, now)) {
                result.set(new Rejected(Optional.ofNullable(found), now));
                return held;
            }
            boolean sameOwner = write.owner().equals(found.ownerToken().owner());
            long fence = sameOwner ? found.ownerToken().fence() : fences.incrementAndGet();
            IdempotencyRecord record = write.toRecord(key, fence, now);
            tracker.replaced(found, record);
            result.set(new Written(record));
            return new Held(record, reading.stepped());
        });
        return result.get();
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return Optional.ofNullable(records.getIfPresent(key)).map(held -> held.at(clock.read()));
    }

    /** Removes expired records at once and returns 0; they would be removed anyway, a little later. */
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

    @Override
    public long estimatedCount() {
        return records.estimatedSize();
    }

    private Stream<IdempotencyRecord> in(State state) {
        return records.asMap().keySet().stream()
                .flatMap(key -> find(key).stream())
                .filter(record -> record.state() == state);
    }

    private void expired(@Nullable StorageKey key, @Nullable Held held, RemovalCause cause) {
        if (held != null) {
            tracker.release(held.record());
            raiseMark(held.record().times().keyTime());
        }
    }

    /** Runs in the step that removes the record, so that every later call with the same key sees the mark. */
    private void raiseMark(Optional<Instant> keyTime) {
        keyTime.ifPresent(
                time -> expiredKeyTime.accumulateAndGet(time, (mark, other) -> other.isAfter(mark) ? other : mark));
    }

    private boolean isPurged(RecordWrite.Terms terms) {
        return terms.keyTime()
                .filter(time -> !time.isAfter(expiredKeyTime.get()))
                .isPresent();
    }

    /** Holds a value that a callback computes before the method that takes the callback returns. */
    private static final class Carrier<T> {
        private @Nullable T value;

        void set(T result) {
            value = result;
        }

        T get() {
            return Objects.requireNonNull(value);
        }
    }

    /**
     * The expiry of the cache: never, unless the record is DONE or READY. The duration is the one at the time of the
     * write, so it passes by the monotonic clock. The store's clock is then past {@code expiresAt} too, and rejects the key
     * as too old.
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
