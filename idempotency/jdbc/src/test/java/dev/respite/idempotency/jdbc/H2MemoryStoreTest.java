package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class H2MemoryStoreTest implements JdbcStoreContract {

    @Override
    public TestDatabase database() {
        return TestDatabase.H2_MEMORY;
    }

    /** While nodes are replaced one by one. */
    @Test
    void find_fingerprintOfANewerRespite_isUnavailable() {
        StorageKey key = Scope.of("alice").storageKey("pay", IdempotencyKey.of("newer"));
        Duration hour = Duration.ofHours(1);
        RecordWrite write = new RecordWrite(
                State.STARTED,
                "me",
                Fingerprint.of("1", new byte[] {1}),
                1,
                new RecordWrite.Terms(hour, hour, hour, Optional.empty()),
                Optional.empty());
        store().putIfAbsent(key, write);
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
