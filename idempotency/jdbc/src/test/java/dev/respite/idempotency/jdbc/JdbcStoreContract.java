package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.test.IdempotencyStoreContract;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;

/** The contract of stores, where time passes by setting back the times of the rows. */
interface JdbcStoreContract extends IdempotencyStoreContract {

    TestDatabase database();

    @Override
    default IdempotencyStore store() {
        return JdbcIdempotencyStore.of(database().dataSource());
    }

    /** Other tests have purged keys that are later than some of the contract's. */
    @BeforeEach
    default void forgetPurges() {
        database().forgetPurges();
    }

    @Override
    default void advance(Duration time) {
        TestDatabase.run(
                database().dataSource(),
                "UPDATE respite_idempotency SET lease_until = " + database().earlier("lease_until", time)
                        + ", expires_at = " + database().earlier("expires_at", time));
    }
}
