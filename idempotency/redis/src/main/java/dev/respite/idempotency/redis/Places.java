package dev.respite.idempotency.redis;

import dev.respite.idempotency.store.StorageKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * The places that the records of a scope occupy, if their number is limited. A place is released after the retention; if the
 * outcome of its key is unknown, after the retention from its resolution on.
 */
record Places(RedisConnections connections, String prefix, OptionalLong maxPerScope) {

    /** Reserves a place, and returns whether the record has one. */
    boolean reserve(StorageKey key, Duration retention) {
        return maxPerScope.isEmpty() || isReserved(key, maxPerScope.getAsLong(), retention);
    }

    private boolean isReserved(StorageKey key, long most, Duration retention) {
        List<byte[]> reply = Scripts.RESERVE.run(
                connections, name(key), bytes(key.value()), bytes(Long.toString(most)), RecordCodec.micros(retention));
        return RecordCodec.isReserved(reply);
    }

    /** Holds a place until {@link #release}, if places are counted. */
    void hold(StorageKey key) {
        if (maxPerScope.isPresent()) {
            List<byte[]> unused = Scripts.HOLD.run(connections, name(key), bytes(key.value()), new byte[0]);
        }
    }

    /** Releases a place after a time, if places are counted. */
    void release(StorageKey key, Duration after) {
        if (maxPerScope.isPresent()) {
            List<byte[]> unused =
                    Scripts.HOLD.run(connections, name(key), bytes(key.value()), RecordCodec.micros(after));
        }
    }

    private String name(StorageKey key) {
        return prefix + "scope:{" + key.scope() + "}";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
