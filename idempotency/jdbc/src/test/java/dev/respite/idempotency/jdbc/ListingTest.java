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
import dev.respite.testsupport.LogLines;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Lists and counts of records in a database of their own. */
class ListingTest {

    private static final Scope MALLORY = Scope.of("mallory");

    private final DataSource dataSource = TestDatabase.h2("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    private final JdbcIdempotencyStore store;

    ListingTest() {
        TestDatabase.H2_MEMORY.makeTables(dataSource);
        store = JdbcIdempotencyStore.of(dataSource);
    }

    /** Writes records, and returns their names in their order. */
    private List<StorageKey> write(Scope scope, int from, int to) {
        Duration hour = Duration.ofHours(1);
        RecordWrite.Terms terms = new RecordWrite.Terms(hour, hour, hour, Optional.empty());
        Fingerprint fingerprint = Fingerprint.of("1", new byte[] {1});
        return IntStream.range(from, to)
                .mapToObj(i -> scope.storageKey("pay", IdempotencyKey.of("key " + i)))
                .sorted(Comparator.comparing(StorageKey::value))
                .peek(key -> store.putIfAbsent(
                        key, new RecordWrite(State.STARTED, "me", fingerprint, 1, terms, Optional.empty())))
                .toList();
    }

    private List<StorageKey> page(Optional<StorageKey> after, int atMost) {
        return store.list(State.STARTED, after, atMost).stream()
                .map(IdempotencyRecord::key)
                .toList();
    }

    @Test
    void list_recordsOfANewerRespite_areReplacedByTheNextOnesInAPage() {
        List<StorageKey> keys = write(MALLORY, 0, 8);
        for (int newer : new int[] {0, 1, 5}) {
            TestDatabase.run(
                    dataSource,
                    "UPDATE respite_idempotency SET fingerprint = 'V9:sha512' WHERE storage_key = '"
                            + keys.get(newer).value() + "'");
        }
        try (LogLines warnings = LogLines.of("dev.respite.idempotency")) {
            assertThat(page(Optional.empty(), 3)).isEqualTo(keys.subList(2, 5));
            assertThat(warnings.all()).hasSize(2).allMatch(line -> line.contains("is left out of the list"));
        }
        assertThat(page(Optional.of(keys.get(4)), 2)).isEqualTo(keys.subList(6, 8));
        assertThat(page(Optional.of(keys.get(7)), 2)).isEmpty();
        assertThat(page(Optional.empty(), 1_000)).hasSize(5);
    }

    @Test
    void list_atMostNone_isRejected() {
        List<StorageKey> keys = write(MALLORY, 0, 2);
        assertThat(page(Optional.empty(), 1)).isEqualTo(keys.subList(0, 1));
        assertThatThrownBy(() -> page(Optional.empty(), 0)).hasMessageContaining("list at most 0 records");
    }
}
