package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.Bank.call;
import static dev.respite.idempotency.jdbc.Bank.executed;
import static dev.respite.idempotency.jdbc.Bank.pay;
import static dev.respite.idempotency.jdbc.Bank.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.TimeSource;
import dev.respite.idempotency.Answer;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Records past their time. */
@OnRealDatabases
record PurgeTest(Database database) {

    private Bank bank() {
        return Bank.in(database);
    }

    @Test
    void purge_doneAndExpired_isReplayedUntilItIsGone() throws SQLException {
        IdempotentCall call = call();
        String told = executed(bank().idempotency().execute(call, pay(call)));
        bank().letPass(call, 86_401);
        assertThat(replayed(bank().idempotency().execute(call, pay(call)))).isEqualTo(told);
        purgeAll();
        assertThat(bank().store().find(call.storageKey())).isEmpty();
    }

    @Test
    void fault37_lateDuplicateOfAKeyThatSaysItsAge_isRefused() throws SQLException {
        IdempotentCall call = call(minted(now().minusSeconds(86_400 - 600)));
        executed(bank().idempotency().execute(call, pay(call)));
        bank().letPass(call, 86_401);
        purgeAll();
        // Ten minutes later by the key's age: as if it had been minted ten minutes before.
        Bank later = bank().with(IdempotencySettings.defaults().withRetention(Duration.ofSeconds(86_400 - 700)));
        assertThat(later.idempotency().execute(call, pay(call))).isInstanceOf(Answer.Expired.class);
        assertThat(bank().payments(call)).isEqualTo(1);
    }

    @Test
    void fault37_lateDuplicateOfAnOpaqueKey_isRunAgain() throws SQLException {
        IdempotentCall call = call("order 4711 " + UUID.randomUUID());
        executed(bank().idempotency().execute(call, pay(call)));
        bank().letPass(call, 86_401);
        purgeAll();
        executed(bank().idempotency().execute(call, pay(call)));
        assertThat(bank().payments(call)).isEqualTo(2);
    }

    @Test
    void fault38_duplicatesAroundTheExpiryWhilePurging_areNeverTwo() throws Exception {
        // A record may be purged from the moment on when its key is too old: that is within a second for all of them.
        Bank bank = bank().with(IdempotencySettings.defaults()
                .withLease(Duration.ofMillis(100))
                .withRetention(Duration.ofMillis(400))
                .withSkew(Duration.ofSeconds(10)));
        TransactionalIdempotency idempotency = bank.idempotency();
        JdbcIdempotencyStore store = bank.store();
        IdempotentCall warm = call();
        executed(idempotency.execute(warm, pay(warm)));
        List<IdempotentCall> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(call(minted(now().plusMillis(500 + 20 * i))));
        }
        // On a machine that is slow enough, one of them is too old when its turn comes.
        Map<IdempotentCall, Integer> payments = new HashMap<>();
        for (IdempotentCall call : calls) {
            payments.put(call, idempotency.execute(call, pay(call)) instanceof Answer.Executed ? 1 : 0);
        }
        AtomicBoolean over = new AtomicBoolean();
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tasks.add(() -> {
                List<IdempotentCall> left = new ArrayList<>(calls);
                while (!left.isEmpty()) {
                    for (IdempotentCall call : List.copyOf(left)) {
                        Answer answer = idempotency.execute(call, pay(call));
                        if (!(answer instanceof Answer.Replayed)) {
                            assertThat(answer).isInstanceOf(Answer.Expired.class);
                            left.remove(call);
                        }
                    }
                }
                return over.getAndSet(true);
            });
        }
        tasks.add(() -> {
            while (!over.get()) {
                store.purge(1000);
            }
            return true;
        });
        ContentionTest.atOnce(tasks);
        payments.forEach((call, times) -> assertThat(bank.payments(call)).isEqualTo(times));
    }

    @Test
    void purge_lockedByATakeover_isSkippedAndDoesNotWait() throws SQLException {
        IdempotentCall call = call();
        executed(bank().idempotency().execute(call, pay(call)));
        bank().letPass(call, 86_401);
        try (Connection other = database.dataSource().getConnection()) {
            other.setAutoCommit(false);
            try (PreparedStatement lock =
                    other.prepareStatement("SELECT state FROM respite_idempotency WHERE storage_key = ? FOR UPDATE")) {
                lock.setString(1, call.storageKey().value());
                assertThat(lock.executeQuery().next()).isTrue();
                purgeAll();
            }
            other.rollback();
        }
        assertThat(bank().stateOf(call)).isEqualTo(State.DONE);
    }

    @Test
    void purge_atMost_removesNoMore() throws SQLException {
        purgeAll();
        for (int i = 0; i < 5; i++) {
            IdempotentCall call = call();
            executed(bank().idempotency().execute(call, pay(call)));
            bank().letPass(call, 86_401);
        }
        JdbcIdempotencyStore store = bank().store();
        assertThat(store.purge(3)).isEqualTo(3);
        assertThat(store.purge(3)).isEqualTo(2);
        assertThat(store.purge(3)).isZero();
        assertThatThrownBy(() -> store.purge(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private void purgeAll() {
        JdbcIdempotencyStore store = bank().store();
        int purged;
        do {
            purged = store.purge(1000);
        } while (purged > 0);
    }

    private static Instant now() {
        return TimeSource.system().wallTime();
    }

    /** A UUID of version 7. */
    private static String minted(Instant time) {
        UUID random = UUID.randomUUID();
        long high = (time.toEpochMilli() << 16) | 0x7000 | (random.getMostSignificantBits() & 0xfff);
        return new UUID(high, random.getLeastSignificantBits()).toString();
    }
}
