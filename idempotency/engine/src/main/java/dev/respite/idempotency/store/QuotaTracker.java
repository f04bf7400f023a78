package dev.respite.idempotency.store;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** Tracks the number and the size of records in memory against a quota. */
final class QuotaTracker {

    /** The measured size of a record without a response: the entry, two hashes, the owner, three instants. */
    private static final long RECORD_BYTES = 800;

    private final Quota quota;
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final ConcurrentMap<String, Long> byScope = new ConcurrentHashMap<>();

    QuotaTracker(Quota quota) {
        this.quota = quota;
    }

    boolean tryTake(IdempotencyRecord record) {
        if (bytes.get() >= quota.bytes()) {
            return false;
        }
        if (records.incrementAndGet() > quota.records()) {
            records.decrementAndGet();
            return false;
        }
        if (!tryTake(record.key().scope())) {
            records.decrementAndGet();
            return false;
        }
        bytes.addAndGet(size(record));
        return true;
    }

    private boolean tryTake(String scope) {
        boolean[] taken = {false};
        byScope.compute(scope, (name, count) -> {
            long now = count == null ? 0 : count;
            taken[0] = now < quota.recordsPerScope();
            return taken[0] ? Long.valueOf(now + 1) : count;
        });
        return taken[0];
    }

    void replaced(IdempotencyRecord before, IdempotencyRecord after) {
        bytes.addAndGet(size(after) - size(before));
    }

    void release(IdempotencyRecord record) {
        records.decrementAndGet();
        bytes.addAndGet(-size(record));
        byScope.computeIfPresent(record.key().scope(), (scope, now) -> now == 1 ? null : now - 1);
    }

    private static long size(IdempotencyRecord record) {
        return RECORD_BYTES + record.response().map(QuotaTracker::size).orElse(0L);
    }

    private static long size(StoredResponse response) {
        byte[] body = response.sharedBody();
        long size = body == null ? 0 : body.length;
        for (var header : response.headers().entrySet()) {
            size += length(header.getKey()) + length(header.getValue());
        }
        return size;
    }

    private static long length(List<String> values) {
        return values.stream().mapToLong(QuotaTracker::length).sum();
    }

    private static long length(String text) {
        return 56L + text.length();
    }
}
