package dev.respite.idempotency.redis;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StorageKey;
import java.util.List;
import java.util.Optional;

/**
 * Runs the scripts that read and change records, and those that must run before or after them.
 *
 * @param link the connection
 * @param prefix what all names begin with
 * @param lineage the servers that have kept the records; empty if failovers are ignored
 * @param places the places that records take up
 */
record RecordScripts(Link link, String prefix, Optional<Lineage> lineage, Places places) {

    IdempotencyStore.Put put(StorageKey key, Draft draft) {
        if (!places.reserve(key, draft.terms().retention())) {
            // Where there is no room, what is there already is found all the same.
            return Records.put(key, draft, Scripts.FIND.run(link, name(key)));
        }
        List<byte[]> reply = tryPut(key, draft);
        if (lineage.isPresent() && Lineage.isUnknownServer(reply)) {
            lineage.get().register(link, reply);
            reply = tryPut(key, draft);
        }
        if (Records.isLost(reply)) {
            places.hold(key);
        }
        return Records.put(key, draft, reply);
    }

    private List<byte[]> tryPut(StorageKey key, Draft draft) {
        String known = lineage.map(Lineage::text).orElse(Lineage.IGNORED);
        return Scripts.PUT_IF_ABSENT.run(link, name(key), Records.arguments(draft, known));
    }

    IdempotencyStore.Swap swap(Expectation expected, Draft draft) {
        StorageKey key = expected.ownership().key();
        byte[][] arguments = Records.arguments(expected, draft);
        IdempotencyStore.Swap swap = Records.swap(key, draft, Scripts.COMPARE_AND_SET.run(link, name(key), arguments));
        if (swap instanceof IdempotencyStore.Written && draft.state() == State.UNKNOWN) {
            places.hold(key);
        } else if (swap instanceof IdempotencyStore.Written && expected.state() == State.UNKNOWN) {
            places.giveBack(key, draft.terms().retention());
        }
        return swap;
    }

    Optional<IdempotencyRecord> find(StorageKey key) {
        return Records.find(key, Scripts.FIND.run(link, name(key)));
    }

    /** In a cluster, what is in braces decides where it is. */
    private String name(StorageKey key) {
        return prefix + "{" + key.value() + "}";
    }
}
