package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.replayed;
import static dev.respite.idempotency.jdbc.LedgerFixture.reported;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A process that dies before or after each of its statements. */
@OnRealDatabases
record TransactionCrashTest(TestDatabase database) {

    /** Thrown in place of whatever comes after the death. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Dies at a step: its connections end as those of a process do that is killed, uncommitted. */
    static final class Mortal implements InterceptedDataSource.Tap {
        private final boolean before;
        private final List<String> steps = new ArrayList<>();
        private final List<Connection> open = new ArrayList<>();
        private int deadly = Integer.MAX_VALUE;
        private boolean dead;

        Mortal(boolean before) {
            this.before = before;
        }

        void diesAt(int step) {
            steps.clear();
            deadly = step;
        }

        @Override
        public Object at(String step, Connection raw, InterceptedDataSource.Step go) throws Throwable {
            if (dead) {
                throw new Killed();
            }
            steps.add(step);
            boolean now = steps.size() == deadly;
            if (now && before) {
                throw died();
            }
            Object result = go.go();
            if (result instanceof Connection connection) {
                open.add(connection);
            }
            if (now) {
                throw died();
            }
            return result;
        }

        private Killed died() throws SQLException {
            dead = true;
            for (Connection connection : open) {
                connection.close();
            }
            return new Killed();
        }
    }

    @Test
    void fault01to04_killedAtAnyStep_paysOnceInTheEnd() throws SQLException {
        for (boolean before : new boolean[] {true, false}) {
            int step = 1;
            while (diesAt(step, before)) {
                step++;
            }
            // Connect, claim, give back; connect, lock, pay, record, commit, auto-commit, give back.
            assertThat(step).isGreaterThan(10);
        }
    }

    /** False if the call ended before it came to that step. */
    private boolean diesAt(int step, boolean before) throws SQLException {
        LedgerFixture ledger = LedgerFixture.in(database);
        Mortal mortal = new Mortal(before);
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), mortal);
        TransactionalIdempotency idempotency = ledger.over(wire).idempotency();
        mortal.diesAt(step);
        IdempotentCall call = call();
        Optional<IdempotentResult> result = result(idempotency, call);
        String where = (before ? "before " : "after ") + step + " of " + mortal.steps;

        IdempotentResult second = ledger.idempotency().execute(call, pay(call));
        assertThat(second)
                .as(where)
                .isInstanceOfAny(
                        IdempotentResult.InProgress.class,
                        IdempotentResult.Executed.class,
                        IdempotentResult.Replayed.class);
        if (second instanceof IdempotentResult.InProgress) {
            ledger.letPass(call, 31);
            second = ledger.idempotency().execute(call, pay(call));
        }
        String reported = reported(second);
        assertThat(ledger.payments(call)).as(where).isEqualTo(1);
        assertThat(replayed(ledger.idempotency().execute(call, pay(call)))).isEqualTo(reported);
        result.ifPresent(acknowledged -> assertThat(reported(acknowledged)).isEqualTo(reported));
        return result.isEmpty();
    }

    private static Optional<IdempotentResult> result(TransactionalIdempotency idempotency, IdempotentCall call)
            throws SQLException {
        try {
            return Optional.of(idempotency.execute(call, pay(call)));
        } catch (Killed killed) {
            return Optional.empty();
        }
    }
}
