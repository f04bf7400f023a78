package dev.respite.durable;

import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pick that is not committed has counted nothing, so its attempts do not run. */
class UncommittedPickTest {

    private static final DurableTask<String> SENDING = DurableTask.of("sending", DataCodec.text());

    private static DurableRetry sending(DataSource dataSource, List<String> sent) {
        return DurableRetry.builder(dataSource)
                .threads(4)
                .pollInterval(Duration.ofMillis(20))
                .task(
                        SENDING,
                        retry("max-attempts=9"),
                        (data, context) ->
                                sent.add(data + " " + context.attempt().number()))
                .build();
    }

    /** PostgreSQL picks by one statement, which has no commit of its own. */
    @OnEachStore
    void attempt_whosePickIsNotCommitted_doesNotRun(TestStore store) {
        assumeThat(store).isNotEqualTo(TestStore.POSTGRESQL);
        AtomicBoolean isBroken = new AtomicBoolean();
        AtomicInteger refused = new AtomicInteger();
        List<String> sent = new CopyOnWriteArrayList<>();
        DataSource broken = Intercepted.dataSource(store.emptied(), (method, call) -> {
            if (isBroken.get() && method.equals("commit")) {
                refused.incrementAndGet();
                throw new SQLException("the commit has failed", "08006");
            }
            return call.call();
        });
        try (DurableRetry durable = sending(broken, sent)) {
            durable.queue().enqueue(SENDING, "a");
            isBroken.set(true);
            durable.start();
            eventually(() -> assertThat(refused).hasValueGreaterThan(3));
            assertThat(sent).isEmpty();
            isBroken.set(false);
            eventually(() -> assertThat(sent).containsExactly("a 1"));
        }
    }

    /** The database refuses at the commit, after the statement has returned its rows. A sequence counts that. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void attempt_whosePickPostgresqlRollsBack_doesNotRun(boolean isAutoCommit) {
        assumeThat(TestStore.each()).contains(TestStore.POSTGRESQL);
        DataSource outside = TestStore.POSTGRESQL.emptied();
        TestStore.run(outside, "CREATE SEQUENCE refused");
        TestStore.run(
                outside,
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN PERFORM nextval('refused'); RAISE EXCEPTION 'the commit is refused'; END $$");
        List<String> sent = new CopyOnWriteArrayList<>();
        HikariConfig config = new HikariConfig();
        config.setDataSource(outside);
        config.setAutoCommit(isAutoCommit);
        try (HikariDataSource pool = new HikariDataSource(config);
                DurableRetry durable = sending(pool, sent)) {
            durable.queue().enqueue(SENDING, "a");
            TestStore.run(
                    outside,
                    "CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON respite_task"
                            + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");
            durable.start();
            eventually(() -> assertThat(!sent.isEmpty() || refused(outside) > 3).isTrue());
            assertThat(sent).isEmpty();
            TestStore.run(outside, "DROP TRIGGER refuse ON respite_task");
            eventually(() -> assertThat(sent).containsExactly("a 1"));
        } finally {
            TestStore.run(outside, "DROP FUNCTION refuse CASCADE");
            TestStore.run(outside, "DROP SEQUENCE refused");
        }
    }

    private static long refused(DataSource outside) {
        return Long.parseLong(
                TestStore.strings(outside, "SELECT last_value FROM refused").get(0));
    }
}
