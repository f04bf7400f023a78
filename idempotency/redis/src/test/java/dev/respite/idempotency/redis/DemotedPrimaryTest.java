package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A primary that becomes a replica while it is connected to: the connection stays whole, and takes no writes. */
class DemotedPrimaryTest {

    private final ReplicatedRedis pair = new ReplicatedRedis();
    private final RedisIdempotencyStore store = pair.store();
    private final ExternalIdempotency idempotency = PaymentFixture.external(store);
    private final PaymentFixture old = new PaymentFixture(store);

    @AfterEach
    void stop() {
        store.close();
        pair.close();
    }

    private IdempotentResult queryNew() {
        return idempotency.execute(PaymentFixture.call(UUID.randomUUID().toString()), execution -> old.pay());
    }

    @Test
    void execute_nameLeadsToTheNewPrimary_newKeyIsExecutedThere() {
        old.execute(idempotency);
        pair.replicate();
        pair.failOver();
        pair.rename();
        assertThat(queryNew()).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(old.execute(idempotency)).isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(old.effects).hasValue(2);
        assertThat(pair.second.commands().keys("respite:idempotency:*").size()).isGreaterThanOrEqualTo(2);
    }

    /** The work was begun on the old primary: its end is recorded on the new one. */
    @Test
    void execute_demotedWhileTheWorkRuns_isRecordedOnTheNewPrimary() {
        IdempotentResult result = idempotency.execute(old.call, execution -> {
            pair.replicate();
            pair.failOver();
            pair.rename();
            return old.pay();
        });
        assertThat(result).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(old.execute(idempotency)).isInstanceOf(IdempotentResult.Replayed.class);
    }

    @Test
    void execute_nameStillLeadsToTheReplica_isUnavailableUntilItDoesNot() {
        pair.failOver();
        assertThatThrownBy(this::queryNew)
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("replica");
        assertThat(old.effects).hasValue(0);
        pair.rename();
        Redis.await(this::isExecuted);
        assertThat(old.effects).hasValue(1);
    }

    private boolean isExecuted() {
        try {
            return queryNew() instanceof IdempotentResult.Executed;
        } catch (StoreUnavailableException notYet) {
            return false;
        }
    }

    @Test
    void execute_manyThreads_connectOnce() throws Exception {
        pair.replicate();
        long before = pair.second.commands().clientList().lines().count();
        pair.failOver();
        pair.rename();
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try {
            List<Future<IdempotentResult>> results = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                results.add(threads.submit(this::queryNew));
            }
            for (Future<IdempotentResult> result : results) {
                assertThat(result.get()).isInstanceOf(IdempotentResult.Executed.class);
            }
        } finally {
            threads.shutdownNow();
        }
        // The connection of the store, and that of the first server, which is a replica now. The one to its primary is
        // gone.
        assertThat(pair.second.commands().clientList().lines().count()).isLessThanOrEqualTo(before + 2);
    }

    /** As where the machine has no room for another thread. */
    @Test
    void leave_threadNotStarted_nextMoveIsMade() {
        AtomicInteger moves = new AtomicInteger();
        Servers servers = Servers.of(pair.client(), task -> {
            if (moves.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            task.run();
        });
        Connected left = servers.current();
        assertThatThrownBy(() -> servers.leave(left)).isInstanceOf(OutOfMemoryError.class);
        Redis.await(() -> servers.leave(left).isDone() && moves.get() == 2);
        assertThat(servers.current()).isNotEqualTo(left);
        servers.close();
    }

    @Test
    void close_afterTheConnectionWasReplaced_leavesNoneBehind() {
        pair.failOver();
        pair.rename();
        queryNew();
        store.close();
        Redis.await(() -> names(pair.first) + names(pair.second) == 0);
    }

    /** How many connections have run a script last: those of the store. */
    private static long names(Redis redis) {
        return redis.commands()
                .clientList()
                .lines()
                .filter(line -> line.contains("cmd=eval"))
                .count();
    }
}
