package dev.respite.idempotency.redis;

import dev.respite.idempotency.StorageKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * The places that the records of a scope take up, where their number is limited. A place is given back after the retention, or,
 * if the outcome of its key is unknown, the retention after that was resolved.
 *
 * @param link the connection
 * @param prefix what names begin with
 * @param mostPerScope the most places of a scope; empty if they are not counted
 */
record Places(Link link, String prefix, OptionalLong mostPerScope) {

    /** Takes a place, and says whether the record has one. */
    boolean reserve(StorageKey key, Duration retention) {
        return mostPerScope.isEmpty() || isReserved(key, mostPerScope.getAsLong(), retention);
    }

    private boolean isReserved(StorageKey key, long most, Duration retention) {
        List<byte[]> reply = Scripts.RESERVE.run(
                link, name(key), bytes(key.value()), bytes(Long.toString(most)), Records.micros(retention));
        return Records.isReserved(reply);
    }

    /** Keeps a place until it is given back, if places are counted. */
    void hold(StorageKey key) {
        if (mostPerScope.isPresent()) {
            List<byte[]> unused = Scripts.HOLD.run(link, name(key), bytes(key.value()), new byte[0]);
        }
    }

    /** Gives a place back after a time, if places are counted. */
    void giveBack(StorageKey key, Duration after) {
        if (mostPerScope.isPresent()) {
            List<byte[]> unused = Scripts.HOLD.run(link, name(key), bytes(key.value()), Records.micros(after));
        }
    }

    private String name(StorageKey key) {
        return prefix + "scope:{" + key.scope() + "}";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
