package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.IdempotencyStore;
import dev.respite.test.IdempotencyStoreContract;
import java.time.Duration;

/** The contract of stores, where time passes by setting back the times of the rows. */
interface JdbcStoreContract extends IdempotencyStoreContract {

    Database database();

    @Override
    default IdempotencyStore store() {
        return JdbcIdempotencyStore.in(database().dataSource());
    }

    @Override
    default void letPass(Duration time) {
        String past =
                database().isPostgres() ? "%s - INTERVAL '1 millisecond' * %d" : "DATEADD(MILLISECOND, -%2$d, %1$s)";
        Database.run(
                database().dataSource(),
                "UPDATE respite_idempotency SET lease_until = " + past.formatted("lease_until", time.toMillis())
                        + ", expires_at = " + past.formatted("expires_at", time.toMillis()));
    }
}
