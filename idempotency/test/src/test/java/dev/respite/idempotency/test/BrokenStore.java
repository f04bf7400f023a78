package dev.respite.idempotency.test;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** A store with one defect. */
final class BrokenStore implements IdempotencyStore {

    private final StoreDefect defect;
    private final IdempotencyStore store;
    private final Set<StorageKey> purged = ConcurrentHashMap.newKeySet();
    private final Set<IdempotencyRecord> written = ConcurrentHashMap.newKeySet();

    BrokenStore(StoreDefect defect, IdempotencyStore store) {
        this.defect = defect;
        this.store = store;
    }

    @Override
    public Put putIfAbsent(StorageKey key, RecordWrite write) {
        StorageKey name = defect == StoreDefect.IGNORES_CASE ? lowerCase(key) : key;
        Instant now = StoreFixtures.now(store);
        if (defect == StoreDefect.ADMITS_BEFORE_IT_LOOKS && !write.terms().isAdmitted(now)) {
            return new Rejected(Optional.empty(), now);
        }
        Optional<IdempotencyRecord> found = store.find(name);
        if (defect == StoreDefect.OVERWRITES_RECORDS && found.isPresent()) {
            return (Put) noted(change(found.get(), write)); // each result of a change is one of a put too
        }
        Put put = store.putIfAbsent(name, changed(write, now));
        if (defect == StoreDefect.HAS_NO_MARK
                && found.isEmpty()
                && put instanceof Rejected
                && write.terms().isAdmitted(now)) {
            return store.putIfAbsent(name, with(write, withKeyTime(write.terms(), Optional.empty())));
        }
        return noted(put);
    }

    @Override
    public Swap compareAndSet(Precondition expected, RecordWrite write) {
        OwnerToken token = expected.ownerToken();
        Instant now = StoreFixtures.now(store);
        Optional<IdempotencyRecord> found = store.find(token.key());
        if (found.isEmpty()) {
            return defect == StoreDefect.CREATES_ON_CHANGE && !token.owner().equals("no-owner")
                    ? (Swap) store.putIfAbsent(token.key(), write)
                    : store.compareAndSet(expected, write);
        }
        IdempotencyRecord record = found.get();
        RecordWrite last = changed(write, now);
        long fence = record.ownerToken().fence();
        return noted(
                switch (defect) {
                    case KEEPS_NO_CHANGE -> new Written(write.toRecord(token.key(), token.fence(), now));
                    case KEEPS_THE_FIRST_OWNER ->
                        store.compareAndSet(expected, with(write, token.owner(), write.fingerprint()));
                    case KEEPS_THE_FIRST_FINGERPRINT ->
                        store.compareAndSet(expected, with(write, write.owner(), record.fingerprint()));
                    case CHANGES_WHATEVER_IT_FINDS -> change(record, write);
                    case ACCEPTS_EARLIER_FENCES ->
                        store.compareAndSet(withFence(expected, Math.max(token.fence(), fence)), write);
                    case ACCEPTS_LATER_FENCES ->
                        store.compareAndSet(withFence(expected, Math.min(token.fence(), fence)), write);
                    case RENEWS_FROM_THE_FIRST_LEASE ->
                        store.compareAndSet(
                                expected, with(write, withLease(write.terms(), leaseLeft(record, write, now))));
                    case IGNORES_LEASES -> store.compareAndSet(new Precondition(token, expected.state(), false), write);
                    case REJECTS_SLOW_OWNERS ->
                        !expected.leaseOver() && record.times().leaseUntil().isBefore(now)
                                ? new Rejected(found, now)
                                : store.compareAndSet(expected, write);
                    default -> store.compareAndSet(expected, last);
                });
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        Optional<IdempotencyRecord> found = store.find(key).filter(record -> !purged.contains(key));
        return switch (defect) {
            case FINDS_NOTHING -> Optional.empty();
            case FINDS_ANOTHER_RECORD ->
                Optional.of(StoreFixtures.started(store, StoreFixtures.terms(Duration.ofDays(1), Duration.ofDays(1))));
            case SHORTENS_OWNERS -> found.map(BrokenStore::withShortOwner);
            default -> found;
        };
    }

    @Override
    public int purge(int atMost) {
        Instant now = StoreFixtures.now(store);
        for (IdempotencyRecord record : written) {
            Instant end = switch (defect) {
                case PURGES_ALL -> Instant.MIN;
                case PURGES_EVERY_STATE -> record.times().expiresAt();
                case PURGES_AT_THE_END_OF_THE_LEASE -> record.times().leaseUntil();
                default -> Instant.MAX;
            };
            if (end.isBefore(now)) {
                purged.add(record.key());
            }
        }
        return store.purge(atMost);
    }

    @Override
    public List<IdempotencyRecord> list(State state, Optional<StorageKey> after, int atMost) {
        requireListing();
        boolean isFirst = defect == StoreDefect.LISTS_THE_FIRST_PAGE_ONLY;
        return store.list(state, isFirst ? Optional.empty() : after, atMost);
    }

    @Override
    public long count(State state) {
        requireListing();
        return defect == StoreDefect.COUNTS_RESOLVED_RECORDS
                ? written.stream().filter(record -> record.state() == state).count()
                : store.count(state);
    }

    private void requireListing() {
        if (defect == StoreDefect.CANNOT_LIST) {
            throw new UnsupportedOperationException("cannot list");
        }
    }

    private <T> T noted(T result) {
        if (result instanceof Written success) {
            written.add(success.record());
        }
        return result;
    }

    private Swap change(IdempotencyRecord record, RecordWrite write) {
        return store.compareAndSet(new Precondition(record.ownerToken(), record.state(), false), write);
    }

    private RecordWrite changed(RecordWrite write, Instant now) {
        RecordWrite.Terms terms = write.terms();
        return switch (defect) {
            case DROPS_BODIES -> withResponse(write, StoredResponse::withoutBody);
            case DECODES_BODIES -> withResponse(write, BrokenStore::decoded);
            case IGNORES_KEY_TIMES -> with(write, withKeyTime(terms, Optional.empty()));
            case MARKS_EVERY_PURGE ->
                with(write, withKeyTime(terms, terms.keyTime().or(() -> Optional.of(now))));
            case RENEWS_NO_LEASE -> with(write, withLease(terms, Duration.ZERO));
            case KEEPS_EXPIRED_RECORDS ->
                with(write, withRetention(terms, terms.retention().multipliedBy(1000)));
            default -> write;
        };
    }

    private static StoredResponse decoded(StoredResponse response) {
        if (response.body().isEmpty() || response.effectRef().isEmpty()) {
            return response;
        }
        String text = new String(response.body().get(), StandardCharsets.UTF_8);
        return StoredResponse.of(response.status(), response.headers(), text.getBytes(StandardCharsets.UTF_8))
                .withEffectRef(response.effectRef().get());
    }

    /** The lease of the contract's first write is {@link StoreFixtures#SHORT}. */
    private static Duration leaseLeft(IdempotencyRecord first, RecordWrite write, Instant now) {
        Instant begun = first.times().leaseUntil().minus(StoreFixtures.SHORT);
        return write.terms().lease().minus(Duration.between(begun, now));
    }

    private static Precondition withFence(Precondition expected, long fence) {
        OwnerToken token = expected.ownerToken();
        return new Precondition(
                new OwnerToken(token.key(), fence, token.owner()), expected.state(), expected.leaseOver());
    }

    private static RecordWrite.Terms withLease(RecordWrite.Terms terms, Duration lease) {
        return new RecordWrite.Terms(lease, terms.retention(), terms.skew(), terms.keyTime());
    }

    private static RecordWrite.Terms withRetention(RecordWrite.Terms terms, Duration retention) {
        return new RecordWrite.Terms(terms.lease(), retention, terms.skew(), terms.keyTime());
    }

    private static RecordWrite.Terms withKeyTime(RecordWrite.Terms terms, Optional<Instant> keyTime) {
        return new RecordWrite.Terms(terms.lease(), terms.retention(), terms.skew(), keyTime);
    }

    private static RecordWrite with(RecordWrite write, RecordWrite.Terms terms) {
        return new RecordWrite(
                write.state(), write.owner(), write.fingerprint(), write.claims(), terms, write.response());
    }

    private static RecordWrite withResponse(RecordWrite write, UnaryOperator<StoredResponse> change) {
        return new RecordWrite(
                write.state(),
                write.owner(),
                write.fingerprint(),
                write.claims(),
                write.terms(),
                write.response().map(change));
    }

    private static RecordWrite with(RecordWrite write, String owner, Fingerprint fingerprint) {
        return new RecordWrite(write.state(), owner, fingerprint, write.claims(), write.terms(), write.response());
    }

    private static StorageKey lowerCase(StorageKey key) {
        return new StorageKey(key.value().toLowerCase(Locale.ROOT), key.scope());
    }

    private static IdempotencyRecord withShortOwner(IdempotencyRecord record) {
        OwnerToken token = record.ownerToken();
        String owner = token.owner().substring(0, Math.min(30, token.owner().length()));
        return new IdempotencyRecord(
                new OwnerToken(token.key(), token.fence(), owner),
                record.state(),
                record.fingerprint(),
                record.claims(),
                record.times(),
                record.response());
    }
}
