package dev.respite.torture.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.torture.cluster.Sql;
import dev.respite.torture.durable.DurableOrder.Kind;
import dev.respite.torture.run.TransferOrder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** The calls that were given up, as they are read from the tables. */
class GivenUpCallsTest {

    private static void letter(Connection connection, DurableOrder order, String state, boolean failed)
            throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO respite_dead_letter (letter_id, task_name, task_instance, call_key, state, reason, parked_at,"
                        + " attempts, last_error, history, handler_failed, data_version)"
                        + " VALUES (?, 'transfer', ?, ?, ?, '', CURRENT_TIMESTAMP, 1, '', '', ?, 1)",
                "letter " + order.number(),
                order.id(0),
                order.newKey(),
                state,
                failed);
    }

    private static DurableOrder order(int number) {
        return new DurableOrder(new TransferOrder(number, 1, 2, 50, false), Kind.TRANSFER, 0, false);
    }

    /** The handlers of 1 and 9 commit by themselves; the work of 2 belongs to a dead letter that is not of a given-up call. */
    @Test
    void of_callsThatWereParkedAfterTheirHandlerHadCommitted_countsItAsFailed() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:given-up")) {
            Sql.update(connection, "RUNSCRIPT FROM 'classpath:/db/respite_durable/h2/V1_1__respite_durable.sql'");
            Sql.update(connection, "CREATE TABLE given_up (number integer)");
            letter(connection, order(1), "PARKED", true);
            letter(connection, order(2), "PARKED", false);
            letter(connection, order(3), "DEAD", false);
            letter(connection, order(5), "CANCELLED", false);
            letter(connection, order(9), "PARKED", false);
            for (int number : new int[] {1, 2, 3, 9}) {
                Sql.update(connection, "INSERT INTO given_up VALUES (?)", number);
            }

            GivenUpCalls calls = GivenUpCalls.of(connection);

            assertThat(calls.failed()).containsOnlyKeys(1);
            assertThat(calls.dead()).containsOnlyKeys(3);
            assertThat(calls.cancelled()).isEqualTo(1);
            assertThat(calls.isOnce(order(1))).isTrue();
            assertThat(calls.isOnce(order(2))).isFalse();
            assertThat(calls.isOnce(order(3))).isTrue();
            assertThat(calls.isOnce(order(5))).isTrue();
            assertThat(calls.isOnce(order(9))).isFalse();
        }
    }
}
