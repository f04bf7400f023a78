package dev.respite.idempotency.redis;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.util.List;
import java.util.Optional;

/**
 * Runs the scripts that read and change records, and those that must run before or after them. Without a lineage, failovers are
 * ignored.
 */
record RecordScripts(
        RedisConnections connections, String prefix, Optional<Lineage> lineage, Places places, EvictionCheck eviction) {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    IdempotencyStore.Put put(StorageKey key, RecordWrite write) {
        Optional<String> evictionProblem = eviction.problem();
        if (evictionProblem.isPresent()) {
            return existing(key, write, evictionProblem.get());
        }
        if (!places.reserve(key, write.terms().retention())) {
            // An existing record is returned even if the scope is full.
            return RecordCodec.put(key, write, Scripts.FIND.run(connections, name(key)));
        }
        List<byte[]> reply = tryPut(key, write);
        if (lineage.isPresent() && Lineage.isUnknownServer(reply)) {
            lineage.get().register(connections, reply);
            reply = tryPut(key, write);
        }
        IdempotencyStore.Put put = RecordCodec.put(key, write, reply);
        if (RecordCodec.isLost(reply)) {
            LOGGER.log(
                    WARNING,
                    "the key of record " + key + " is UNKNOWN"
                            + ((IdempotencyStore.Rejected) put)
                                    .current()
                                    .flatMap(record -> record.ownerToken().operation())
                                    .map(text -> ", operation " + text)
                                    .orElse("")
                            + ": Redis may have lost its record, so it does not run until it is resolved (docs/on-call.md)");
            places.hold(key);
        }
        return put;
    }

    /** Returns a record that was not evicted, so that its response is replayed. */
    private IdempotencyStore.Put existing(StorageKey key, RecordWrite write, String evictionProblem) {
        List<byte[]> reply = Scripts.FIND.run(connections, name(key));
        if (RecordCodec.find(key, reply).isEmpty()) {
            throw new StoreUnavailableException(
                    "the record may have been evicted, so the work does not run: " + evictionProblem,
                    new IllegalStateException(evictionProblem));
        }
        return RecordCodec.put(key, write, reply);
    }

    private List<byte[]> tryPut(StorageKey key, RecordWrite write) {
        String known = lineage.map(Lineage::text).orElse(Lineage.IGNORED);
        return Scripts.PUT_IF_ABSENT.run(connections, name(key), RecordCodec.arguments(write, known));
    }

    IdempotencyStore.Swap swap(Precondition expected, RecordWrite write) {
        StorageKey key = expected.ownerToken().key();
        byte[][] arguments = RecordCodec.arguments(expected, write);
        IdempotencyStore.Swap swap =
                RecordCodec.swap(key, write, Scripts.COMPARE_AND_SET.run(connections, name(key), arguments));
        if (swap instanceof IdempotencyStore.Written && write.state() == State.UNKNOWN) {
            places.hold(key);
        } else if (swap instanceof IdempotencyStore.Written && expected.state() == State.UNKNOWN) {
            places.release(key, write.terms().retention());
        }
        return swap;
    }

    Optional<IdempotencyRecord> find(StorageKey key) {
        return RecordCodec.find(key, Scripts.FIND.run(connections, name(key)));
    }

    /** The part in braces determines the server in a cluster. */
    private String name(StorageKey key) {
        return prefix + "{" + key.value() + "}";
    }
}
