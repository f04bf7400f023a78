package dev.respite.idempotency.test;

import static dev.respite.idempotency.test.StoreFixtures.LONG;
import static dev.respite.idempotency.test.StoreFixtures.as;
import static dev.respite.idempotency.test.StoreFixtures.recordWrite;
import static dev.respite.idempotency.test.StoreFixtures.settled;
import static dev.respite.idempotency.test.StoreFixtures.settledWithKeyTime;
import static dev.respite.idempotency.test.StoreFixtures.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The promises of {@link IdempotencyStore#list} and {@link IdempotencyStore#count}. Each test has records of keys with a time
 * (UUIDv7) and without: a store may keep more than the record for a key with a time.
 */
interface ListingContract extends StoreUnderTest {

    /**
     * Records are listed by state, in the order of their names, page by page, with the same contents as when they are found.
     *
     * @param state the state
     */
    @ParameterizedTest
    @EnumSource(State.class)
    default void list_pageByPage_hasEachRecordOfTheState(State state) {
        Assumptions.assumeTrue(supportsListing());
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < 5; i++) {
            expected.add(settled(store(), state, LONG).key().value());
            expected.add(settledWithKeyTime(store(), state).key().value());
            settled(store(), state == State.UNKNOWN ? State.READY : State.UNKNOWN, LONG);
        }
        // Other tests may have left many.
        int size = Math.toIntExact(Math.max(3, store().count(state) / 4));
        List<IdempotencyRecord> all = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        Optional<StorageKey> last = Optional.empty();
        List<IdempotencyRecord> page;
        do {
            page = store().list(state, last, size);
            all.addAll(page);
            assertThat(page).allMatch(record -> names.add(record.key().value()), "not listed before");
            last = page.isEmpty() ? last : Optional.of(page.get(page.size() - 1).key());
        } while (page.size() == size);
        assertThat(List.copyOf(names)).isSorted().containsAll(expected);
        assertThat(all).extracting(IdempotencyRecord::state).containsOnly(state);
        assertThat(all)
                .filteredOn(record -> expected.contains(record.key().value()))
                .allSatisfy(record -> assertThat(store().find(record.key())).contains(record));
    }

    /**
     * A record is counted in its current state.
     *
     * @param withKeyTime whether the key has a time
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void count_recordThatIsResolved_isCountedNoMore(boolean withKeyTime) {
        Assumptions.assumeTrue(supportsListing());
        long before = store().count(State.UNKNOWN);
        IdempotencyRecord unknown =
                withKeyTime ? settledWithKeyTime(store(), State.UNKNOWN) : settled(store(), State.UNKNOWN, LONG);
        assertThat(store().count(State.UNKNOWN)).isEqualTo(before + 1);
        written(store().compareAndSet(
                        as(unknown),
                        recordWrite(State.READY, unknown.ownerToken().owner())));
        assertThat(store().count(State.UNKNOWN)).isEqualTo(before);
    }
}
