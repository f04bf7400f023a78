package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class H2MemoryStoreTest implements JdbcStoreContract {

    @Override
    public TestDatabase database() {
        return TestDatabase.H2_MEMORY;
    }

    @Test
    void list_recordsOfANewerRespite_areLeftOut() {
        List<StorageKey> keys = IntStream.range(0, 7)
                .mapToObj(i -> Scope.of("alice").storageKey("list", IdempotencyKey.of("listed " + i)))
                .sorted(Comparator.comparing(StorageKey::value))
                .toList();
        keys.forEach(key -> store().putIfAbsent(key, started()));
        for (StorageKey newer : keys.subList(0, 6)) {
            TestDatabase.run(
                    database().dataSource(),
                    "UPDATE respite_idempotency SET fingerprint = 'V9:sha512' WHERE storage_key = '" + newer.value()
                            + "'");
        }
        try {
            Optional<StorageKey> before = Optional.of(keys.get(0));
            assertThat(store().list(State.STARTED, before, 2))
                    .extracting(IdempotencyRecord::key)
                    .doesNotContainAnyElementsOf(keys.subList(0, 6))
                    .isNotEmpty();
            assertThat(store().list(State.STARTED, before, 10_000))
                    .extracting(IdempotencyRecord::key)
                    .contains(keys.get(6))
                    .doesNotContainAnyElementsOf(keys.subList(0, 6));
        } finally {
            keys.forEach(key -> TestDatabase.run(
                    database().dataSource(),
                    "DELETE FROM respite_idempotency WHERE storage_key = '" + key.value() + "'"));
        }
    }

    private static RecordWrite started() {
        Duration hour = Duration.ofHours(1);
        return new RecordWrite(
                State.STARTED,
                "me",
                Fingerprint.of("1", new byte[] {1}),
                1,
                new RecordWrite.Terms(hour, hour, hour, Optional.empty()),
                Optional.empty());
    }

    /** While nodes are replaced one by one. */
    @Test
    void find_fingerprintOfANewerRespite_isUnavailable() {
        StorageKey key = Scope.of("alice").storageKey("pay", IdempotencyKey.of("newer"));
        store().putIfAbsent(key, started());
        String row = " WHERE storage_key = '" + key.value() + "'";
        TestDatabase.run(database().dataSource(), "UPDATE respite_idempotency SET fingerprint = 'V9:sha512'" + row);
        try {
            assertThatThrownBy(() -> store().find(key))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("V9:sha512")
                    .hasMessageContaining("upgrade this node");
        } finally {
            TestDatabase.run(database().dataSource(), "DELETE FROM respite_idempotency" + row);
        }
    }
}
