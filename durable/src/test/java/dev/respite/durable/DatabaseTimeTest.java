package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.testsupport.LogLines;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DatabaseTimeTest {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final VirtualTime world = new VirtualTime();
    private Duration machineAhead = Duration.ZERO;
    private Duration databaseAhead = Duration.ZERO;
    private Duration roundTrip = Duration.ofMillis(2);
    private int queries;

    private final TimeSource machine = new TimeSource.Forwarding() {
        @Override
        public TimeSource delegate() {
            return world;
        }

        @Override
        public Instant wallTime() {
            return world.wallTime().plus(machineAhead);
        }
    };

    private final DatabaseTime time = new DatabaseTime(machine, HEARTBEAT);

    /** The clock is read in the middle of the round trip. */
    private Instant read() {
        queries++;
        world.advance(roundTrip.dividedBy(2));
        Instant now = database();
        world.advance(roundTrip.dividedBy(2));
        return now;
    }

    /** A measurement each heartbeat, until times of others can be compared. */
    private void settle() throws SQLException {
        for (int heartbeat = 0; heartbeat < 5; heartbeat++) {
            world.advance(HEARTBEAT);
            refresh();
        }
    }

    private Instant database() {
        return world.wallTime().plus(databaseAhead);
    }

    private void refresh() throws SQLException {
        time.refresh(this::read);
    }

    @Test
    void wallTime_isTheClockOfTheDatabase() throws SQLException {
        databaseAhead = Duration.ofMinutes(-10);
        assertThat(time.wallTime()).isEqualTo(world.wallTime());
        refresh();
        assertThat(time.wallTime()).isEqualTo(database());
        assertThat(time.offset()).isEqualTo(Duration.ofMinutes(-10));
        world.advance(Duration.ofHours(3));
        assertThat(time.wallTime()).isEqualTo(database());
    }

    @Test
    void wallClockOfTheMachine_thatIsSet_changesNothing() throws SQLException {
        settle();
        machineAhead = Duration.ofMinutes(10);
        assertThat(time.wallTime()).isEqualTo(database());
        world.advance(HEARTBEAT);
        refresh();
        assertThat(time.wallTime()).isEqualTo(database());
        assertThat(time.offset()).isEqualTo(Duration.ofMinutes(-10));
        assertThat(time.isSettled(this::read)).isTrue();
    }

    @Test
    void refresh_measuresOnceInAnInterval() throws SQLException {
        for (int second = 0; second < 150; second++) {
            refresh();
            world.advance(Duration.ofSeconds(1));
        }
        // Ten intervals, two queries each.
        assertThat(queries).isEqualTo(20);
    }

    @Test
    void slowQuery_settlesNothing() throws SQLException {
        settle();
        roundTrip = Duration.ofSeconds(10);
        assertThat(time.isSettled(this::read)).isFalse();
        roundTrip = Duration.ofMillis(2);
        assertThat(time.isSettled(this::read)).isTrue();
    }

    /** The monotonic clock stands still in the sleep of a machine. */
    @Test
    void machineThatHasSlept_measuresAtOnce() throws SQLException {
        refresh();
        machineAhead = Duration.ofHours(1);
        databaseAhead = Duration.ofHours(1);
        refresh();
        assertThat(time.wallTime()).isEqualTo(database());
        int measured = queries;
        refresh();
        assertThat(queries).isEqualTo(measured);
    }

    @Test
    void refresh_besideAFrozenOne_measuresInTheNextInterval() throws SQLException {
        time.refresh(() -> {
            world.advance(HEARTBEAT);
            databaseAhead = Duration.ofMinutes(5);
            refresh();
            assertThat(time.wallTime()).isEqualTo(database());
            return database();
        });
        assertThat(time.wallTime()).isEqualTo(database());
    }

    @Test
    void slowQuery_isNotUsed_andTheNextOneIs() throws SQLException {
        refresh();
        databaseAhead = Duration.ofMinutes(5);
        roundTrip = Duration.ofSeconds(10);
        world.advance(HEARTBEAT);
        refresh();
        assertThat(time.wallTime()).isEqualTo(world.wallTime());
        roundTrip = Duration.ofMillis(2);
        world.advance(HEARTBEAT);
        refresh();
        assertThat(time.wallTime()).isEqualTo(database());
    }

    @Test
    void clockOfTheDatabase_thatHasMoved_isSettledAfterAnIntervalAndFourHeartbeats() throws SQLException {
        settle();
        assertThat(time.isSettled(this::read)).isTrue();
        for (Duration step : new Duration[] {Duration.ofMinutes(5), Duration.ofMinutes(-20)}) {
            databaseAhead = databaseAhead.plus(step);
            roundTrip = Duration.ZERO;
            assertThat(time.isSettled(this::read)).isFalse();
            assertThat(time.wallTime()).isEqualTo(database());
            assertSettledAfterFiveHeartbeats();
        }
    }

    private void assertSettledAfterFiveHeartbeats() throws SQLException {
        roundTrip = Duration.ZERO;
        for (int heartbeat = 0; heartbeat < 5; heartbeat++) {
            assertThat(time.isSettled(this::read)).isFalse();
            world.advance(HEARTBEAT);
        }
        assertThat(time.isSettled(this::read)).isTrue();
    }

    @Test
    void start_isSettledAfterAnIntervalAndFourHeartbeats() throws SQLException {
        assertSettledAfterFiveHeartbeats();
    }

    @Test
    void databaseThatWasAway_isSettledAfterAnIntervalAndFourHeartbeats() throws SQLException {
        settle();
        roundTrip = Duration.ZERO;
        world.advance(HEARTBEAT.multipliedBy(7).dividedBy(4));
        assertThat(time.isSettled(this::read)).isTrue();
        world.advance(HEARTBEAT.multipliedBy(2));
        assertSettledAfterFiveHeartbeats();
    }

    @Test
    void measurementThatFails_isSettledAfterAnIntervalAndFourHeartbeats() throws SQLException {
        settle();
        assertThatThrownBy(() -> time.isSettled(() -> {
                    throw new SQLException("the connection is broken", "08006");
                }))
                .isInstanceOf(SQLException.class);
        assertSettledAfterFiveHeartbeats();
    }

    @Test
    void steadyTime_isNeverSet() throws SQLException {
        refresh();
        Instant before = time.steadyTime();
        databaseAhead = Duration.ofMinutes(-10);
        machineAhead = Duration.ofMinutes(20);
        world.advance(HEARTBEAT);
        roundTrip = Duration.ZERO;
        refresh();
        assertThat(time.steadyTime()).isEqualTo(before.plus(HEARTBEAT));
        assertThat(time.steadyTime().plus(time.steps())).isEqualTo(database());
    }

    @Test
    void warning_inAProcessThatRunsNoCalls_mentionsNoAttempts() throws SQLException {
        databaseAhead = Duration.ofMinutes(10);
        try (LogLines lines = LogLines.of("dev.respite.durable")) {
            DatabaseTime.withoutCalls(machine).refresh(this::read);
            refresh();
            // Other tests log at the same time.
            assertThat(lines.all())
                    .contains(
                            warning(""),
                            warning("No attempt of another instance counts as lost within the next PT1M15S. "));
        }
    }

    private static String warning(String attempts) {
        return "the clock of the database is PT10M ahead of this machine's, which is a change of PT10M: durable calls are due"
                + " by the clock of the database. " + attempts + "Synchronise the clocks";
    }

    @Test
    void smallDifference_isAppliedAtOnce() throws SQLException {
        settle();
        databaseAhead = Duration.ofMillis(1_500);
        assertThat(time.isSettled(this::read)).isTrue();
        assertThat(time.wallTime()).isEqualTo(database());
    }
}
