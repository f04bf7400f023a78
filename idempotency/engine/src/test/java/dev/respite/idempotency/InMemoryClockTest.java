package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.Quota;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.idempotency.store.TwoClocks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Records in memory while the wall clock is set, and while the computer is suspended. */
class InMemoryClockTest {

    private static final Duration NIGHT = Duration.ofHours(10);
    private static final int STEPS = 40;

    private final TwoClocks time = new TwoClocks();
    private final InMemoryIdempotencyStore store = InMemoryIdempotencyStore.of(Quota.defaults(), time);
    private final ExternalIdempotency idempotency = external(store, time);
    private int effects;

    private static ExternalIdempotency external(InMemoryIdempotencyStore store, TwoClocks time) {
        return ExternalIdempotency.of(IdempotencyEngine.of(store, time));
    }

    private IdempotentResult ask(String key) {
        return idempotency.execute(IdempotencyFixture.call(key), execution -> StoredResponse.of("paid " + ++effects));
    }

    /** A UUID of version 7 that is minted now by the wall clock. */
    private static String minted(TwoClocks time, long number) {
        long millis = time.wallTime().toEpochMilli();
        return new UUID(millis << 16 | 0x7000L, 0x8000000000000000L | number).toString();
    }

    @Test
    void execute_freshKeyAfterASuspend_isExecutedAndReplayed() {
        time.stepWall(NIGHT);
        String key = minted(time, 1);
        assertThat(ask(key)).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(ask(key)).isInstanceOf(IdempotentResult.Replayed.class);
    }

    @Test
    void execute_sameKeyAfterASuspendLongerThanTheRetention_isReplayed() {
        String key = minted(time, 1);
        ask(key);
        time.stepWall(Duration.ofDays(3));
        assertThat(ask(key)).isInstanceOf(IdempotentResult.Replayed.class);
    }

    /** The suspended thread is alive: it goes on as if no time had passed. */
    @Test
    void execute_suspendWhileTheWorkRuns_leaseLastsItsFullLength() {
        time.stepWall(NIGHT);
        Duration lease = IdempotencySettings.defaults().lease();
        IdempotentResult[] during = new IdempotentResult[2];
        IdempotentResult first = idempotency.execute(IdempotencyFixture.call("k"), execution -> {
            time.stepWall(NIGHT);
            time.advance(lease);
            during[0] = ask("k");
            time.advance(Duration.ofMillis(1));
            during[1] = ask("k");
            return StoredResponse.of("paid");
        });
        assertThat(during[0]).isInstanceOf(IdempotentResult.InProgress.class);
        assertThat(during[1]).isInstanceOf(IdempotentResult.Unknown.class);
        assertThat(first).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(effects).isZero();
    }

    @Test
    void execute_wallClockAheadWithinTheRetention_freshKeysAreExecuted() {
        time.stepWall(NIGHT);
        ask("read the clock");
        time.stepWall(NIGHT.negated());
        assertThat(ask(minted(time, 1))).isInstanceOf(IdempotentResult.Executed.class);
    }

    /** In no sequence of clock changes does a UUIDv7 key run twice or a lease end early. */
    @Property(tries = 500)
    void execute_anyClockScript_noTimedKeyRunsTwice(@ForAll long seed) {
        Random random = new Random(seed);
        TwoClocks clocks = new TwoClocks();
        InMemoryIdempotencyStore records = InMemoryIdempotencyStore.of(Quota.defaults(), clocks);
        ExternalIdempotency tested = external(records, clocks);
        Deque<String> executed = new ArrayDeque<>();
        for (int i = 0; i < STEPS; i++) {
            clocks.randomStep(random);
            if (random.nextInt(4) == 0) {
                clocks.advance(Duration.ofHours(random.nextInt(30)));
            }
            String fresh = minted(clocks, i);
            if (tested.execute(IdempotencyFixture.call(fresh), execution -> StoredResponse.empty())
                    instanceof IdempotentResult.Executed) {
                executed.add(fresh);
            }
            for (String old : executed) {
                assertThat(tested.execute(IdempotencyFixture.call(old), execution -> StoredResponse.empty()))
                        .isNotInstanceOf(IdempotentResult.Executed.class);
            }
        }
    }

    @Property(tries = 500)
    void putIfAbsent_anyClockScript_leaseLastsByTheMonotonicClock(@ForAll long seed) {
        Random random = new Random(seed);
        TwoClocks clocks = new TwoClocks();
        InMemoryIdempotencyStore records = InMemoryIdempotencyStore.of(Quota.defaults(), clocks);
        IdempotentCall call = IdempotencyFixture.call("k");
        IdempotencySettings settings = IdempotencySettings.defaults();
        RecordWrite write = RecordTransitions.first(call, State.STARTED, "a", settings);
        IdempotencyRecord started = ((IdempotencyStore.Written) records.putIfAbsent(call.storageKey(), write)).record();
        Precondition over = new Precondition(started.ownerToken(), State.STARTED, true);
        RecordWrite another = RecordTransitions.first(call, State.STARTED, "b", settings);
        long end = clocks.nanoTime() + settings.lease().toNanos();
        boolean taken = false;
        while (!taken) {
            clocks.randomStep(random);
            taken = records.compareAndSet(over, another) instanceof IdempotencyStore.Written;
            assertThat(taken).isEqualTo(clocks.nanoTime() > end);
        }
    }
}
