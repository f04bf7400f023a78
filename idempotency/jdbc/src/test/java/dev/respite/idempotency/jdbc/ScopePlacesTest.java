package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Places in a scope, and the counts of its records. */
class ScopePlacesTest {

    private final VirtualTime time = new VirtualTime();
    private final AtomicInteger counts = new AtomicInteger();

    /** The committed records of the scope. */
    private long records;

    private long counted() {
        assertThat(counts.incrementAndGet()).isLessThan(10_000);
        return records;
    }

    private ScopePlaces places(long most) {
        return new ScopePlaces(most, time, Duration.ofMinutes(5));
    }

    /** Fills the scope one by one, until it has no room, and returns how many records were added. */
    private int fill(ScopePlaces places, int atMost) {
        for (int added = 0; added < atMost; added++) {
            if (!places.tryTake(this::counted)) {
                return added;
            }
            records++;
            places.settle(true);
        }
        return atMost;
    }

    @ParameterizedTest
    @CsvSource({"100000, 0, 10", "100000, 20000, 5", "100000, 90000, 2", "160, 0, 16", "20, 0, 20"})
    void tryTake_manyClaims_countsOnceInManyClaims(long most, long before, int maxCounts) {
        records = before;
        int claims = (int) Math.min(1_000, most - before);
        assertThat(fill(places(most), claims)).isEqualTo(claims);
        assertThat(counts).hasValueLessThanOrEqualTo(maxCounts);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "3, 0", "20, 0", "1000, 0", "100000, 99990"})
    void tryTake_oneAfterTheOther_stopsAtTheLimit(long most, long before) {
        records = before;
        assertThat(fill(places(most), 2_000)).isEqualTo((int) (most - before));
    }

    @Test
    void tryTake_fullScope_isNotCountedAgainAtOnce() {
        records = 100_000;
        ScopePlaces places = places(100_000);
        assertThat(places.tryTake(this::counted)).isFalse();
        time.advance(Duration.ofMillis(999));
        records = 90_000;
        assertThat(places.tryTake(this::counted)).isFalse();
        assertThat(counts).hasValue(1);
        time.advance(Duration.ofMillis(1));
        assertThat(places.tryTake(this::counted)).isTrue();
    }

    /** A count does not include the claims that are not committed yet. */
    @Test
    void tryTake_claimsInProgress_countAsRecords() {
        records = 17;
        ScopePlaces places = places(20);
        for (int i = 0; i < 3; i++) {
            assertThat(places.tryTake(this::counted)).isTrue();
        }
        assertThat(places.tryTake(this::counted)).isFalse();
    }

    @Test
    void tryTake_placeThatIsTakenDuringACount_countsAsARecord() {
        records = 17;
        ScopePlaces places = places(20);
        for (int i = 0; i < 3; i++) {
            assertThat(places.tryTake(this::counted)).isTrue();
        }
        assertThat(places.tryTake(() -> {
                    places.settle(false);
                    assertThat(places.tryTake(this::counted)).isTrue();
                    return counted();
                }))
                .isFalse();
    }

    @Test
    void settle_nothingWritten_releasesThePlace() {
        records = 19;
        ScopePlaces places = places(20);
        for (int i = 0; i < 100; i++) {
            assertThat(places.tryTake(this::counted)).isTrue();
            places.settle(false);
        }
        assertThat(counts).hasValue(1);
        assertThat(places.tryTake(this::counted)).isTrue();
        assertThat(places.tryTake(this::counted)).isFalse();
    }

    @Test
    void tryTake_failedCount_isRepeatedByTheNextClaim() {
        ScopePlaces places = places(20);
        assertThatThrownBy(() -> places.tryTake(() -> {
                    throw new StoreUnavailableException("away", new IllegalStateException());
                }))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("away");
        assertThat(places.tryTake(this::counted)).isTrue();
    }

    @Test
    void tryTake_duringACount_waitsForItsResult() throws InterruptedException {
        ScopePlaces places = places(100_000);
        CountDownLatch mayEnd = new CountDownLatch(1);
        LongSupplier slow = () -> {
            try {
                mayEnd.await();
            } catch (InterruptedException unexpected) {
                throw new IllegalStateException(unexpected);
            }
            return counted();
        };
        AtomicInteger taken = new AtomicInteger();
        AtomicBoolean anotherCount = new AtomicBoolean();
        Thread first = new Thread(() -> taken.addAndGet(places.tryTake(slow) ? 1 : 0));
        first.start();
        await().until(() -> first.getState() == Thread.State.WAITING);
        Thread second = new Thread(() -> taken.addAndGet(
                places.tryTake(() -> {
                            anotherCount.set(true);
                            return 0;
                        })
                        ? 1
                        : 0));
        second.start();
        await().until(() -> second.getState() == Thread.State.TIMED_WAITING);
        mayEnd.countDown();
        first.join();
        second.join();
        assertThat(taken).hasValue(2);
        assertThat(counts).hasValue(1);
        assertThat(anotherCount).isFalse();
    }

    @Test
    void tryTake_interruptedBesideACount_isUnavailableAndStaysInterrupted() throws InterruptedException {
        ScopePlaces places = places(20);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Thread first = new Thread(() -> places.tryTake(() -> {
            begun.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException unexpected) {
                throw new IllegalStateException(unexpected);
            }
            return counted();
        }));
        first.start();
        begun.await();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> places.tryTake(this::counted))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        mayEnd.countDown();
        first.join();
        assertThat(counts).hasValue(1);
    }

    /** The connection of the count has frozen. The waiting claim fails, and the next claim counts again. */
    @Test
    void tryTake_besideACountThatHangs_isUnavailableAndThenCountsAgain() throws InterruptedException {
        ScopePlaces places = new ScopePlaces(20, time, Duration.ofMillis(50));
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Thread first = new Thread(() -> places.tryTake(() -> {
            hangs.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException unexpected) {
                throw new IllegalStateException(unexpected);
            }
            return 0;
        }));
        first.start();
        hangs.await();
        assertThatThrownBy(() -> places.tryTake(this::counted))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("not counted within PT0.05S");
        assertThat(places.tryTake(this::counted)).isTrue();
        mayEnd.countDown();
        first.join();
        assertThat(counts).hasValue(1);
        assertThat(places.tryTake(this::counted)).isTrue();
    }

    @Test
    void places_manyScopes_keepsThoseUsedLast() {
        ScopeQuota quota = new ScopeQuota(10);
        ScopePlaces first = quota.places("first");
        ScopePlaces second = quota.places("second");
        for (int i = 2; i < ScopeQuota.MAX_SCOPES; i++) {
            quota.places("scope " + i);
        }
        assertThat(quota.places("first")).isSameAs(first);
        quota.places("one more");
        assertThat(quota.places("first")).isSameAs(first);
        assertThat(quota.places("second")).isNotSameAs(second);
    }
}
