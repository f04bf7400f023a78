package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.testsupport.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Scopes with many records, which a purge logs. */
class ScopeWarningTest {

    private static final int RECORDS = 600;
    private static final int AT_A_TIME = 100;

    private static final String OTHERS =
            "scope_hash, state, fence, owner, fingerprint, claims, lease_until, expires_at";

    private static final ScopeWarning ABOVE_200 = new ScopeWarning(200);

    private final Scope scope = Scope.of("mallory " + UUID.randomUUID());
    private final String hash = newKey().scope();

    private StorageKey newKey() {
        return scope.storageKey("pay", IdempotencyKey.of(UUID.randomUUID().toString()));
    }

    /** The other records are copies of the first one with other names. */
    private void fill(TestDatabase database, JdbcIdempotencyStore store) {
        RecordWrite.Terms terms =
                new RecordWrite.Terms(Duration.ofSeconds(30), Duration.ofDays(1), Duration.ZERO, Optional.empty());
        StorageKey first = newKey();
        store.putIfAbsent(
                first,
                new RecordWrite(State.READY, "me", Fingerprint.of("1", new byte[] {1}), 1, terms, Optional.empty()));
        for (int i = 0; i < RECORDS; i += AT_A_TIME) {
            String names = Stream.generate(() -> "SELECT '" + newKey().value() + "' AS name")
                    .limit(AT_A_TIME)
                    .collect(Collectors.joining(" UNION ALL "));
            TestDatabase.run(
                    database.dataSource(),
                    "INSERT INTO respite_idempotency (storage_key, " + OTHERS + ") SELECT name, " + OTHERS + " FROM ("
                            + names + ") n CROSS JOIN respite_idempotency WHERE storage_key = '" + first.value() + "'");
        }
        database.analyze();
    }

    private void expire(TestDatabase database) {
        TestDatabase.run(
                database.dataSource(),
                "UPDATE respite_idempotency SET expires_at = " + database.earlier("expires_at", Duration.ofDays(2))
                        + " WHERE scope_hash = '" + hash + "'");
    }

    private List<String> warnings(LogLines lines) {
        return lines.all().stream().filter(line -> line.contains(hash)).toList();
    }

    @OnEachDatabase
    void purge_manyRecordsOfAScope_isAWarningOnceUntilTheyAreGone(TestDatabase database) {
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(database.dataSource(), ABOVE_200);
        try (LogLines lines = LogLines.of("dev.respite.idempotency")) {
            fill(database, store);
            store.purge(100_000);
            store.purge(100_000);
            assertThat(warnings(lines)).singleElement().asString().contains("withMaxPerScope");
            expire(database);
            store.purge(100_000);
            fill(database, store);
            store.purge(100_000);
            assertThat(warnings(lines)).hasSize(2);
            expire(database);
            store.purge(100_000);
        }
    }

    @OnEachDatabase
    void purge_scopesAreLimitedOrBelow_isNoWarning(TestDatabase database) {
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(database.dataSource());
        try (LogLines lines = LogLines.of("dev.respite.idempotency")) {
            fill(database, store);
            store.purge(100_000);
            JdbcIdempotencyStore.of(database.dataSource(), ABOVE_200)
                    .withMaxPerScope(100_000)
                    .purge(100_000);
            assertThat(warnings(lines)).isEmpty();
        }
    }
}
