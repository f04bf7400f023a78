package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.respite.sim.scenario.Service;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The requests in a server, and the check of their counts. */
class OccupancyTest {

    private static final long SECOND = 1_000_000_000;

    private final Occupancy occupancy = new Occupancy();

    /** One stays from 0 to 4 s, one from 2 s to 4 s: six request-seconds in ten seconds. */
    @Test
    void means_areThoseOfTheRequests() {
        occupancy.enter(0);
        occupancy.enter(2 * SECOND);
        occupancy.leave(0, 4 * SECOND);
        occupancy.leave(2 * SECOND, 4 * SECOND);
        occupancy.check("store", 0);
        occupancy.enter(10 * SECOND);

        assertThat(occupancy.meanInside(10 * SECOND)).isEqualTo(0.6);
        assertThat(occupancy.meanStay()).isEqualTo(3.0 * SECOND);
        assertThat(occupancy.entered()).isEqualTo(3);
    }

    @Test
    void meanStay_isOfThoseThatHaveLeft() {
        assertThat(occupancy.meanStay()).isZero();
        assertThat(occupancy.meanInside(0)).isZero();

        occupancy.enter(0);
        occupancy.enter(SECOND);
        occupancy.leave(0, 2 * SECOND);

        assertThat(occupancy.meanStay()).isEqualTo(2.0 * SECOND);
    }

    @Test
    void check_requestsInsideOrLost_areThosePresent() {
        occupancy.enter(0);
        occupancy.enter(SECOND);
        occupancy.check("store", 2);

        occupancy.clear(4 * SECOND);

        occupancy.check("store", 0);
        assertThat(occupancy.meanStay()).isEqualTo(3.5 * SECOND);
        assertThat(occupancy.meanInside(7 * SECOND)).isEqualTo(1);
    }

    @Test
    void check_requestThatLeftTwice_isABugOfTheSimulator() {
        occupancy.enter(SECOND);
        occupancy.leave(SECOND, 2 * SECOND);
        occupancy.leave(SECOND, 2 * SECOND);

        assertThatIllegalStateException()
                .isThrownBy(() -> occupancy.check("store", 0))
                .withMessageStartingWith(
                        "the requests in 'store' do not add up: -1 came and have not left, 0 are present")
                .withMessageEndingWith("this is a bug in the simulator");
    }

    @Test
    void check_wrongArrivalTime_isABugOfTheSimulator() {
        occupancy.enter(SECOND);
        occupancy.leave(SECOND - 10, 2 * SECOND);

        assertThatIllegalStateException()
                .isThrownBy(() -> occupancy.check("store", 0))
                .withMessageContaining("their times differ by 10ns");
    }

    @Test
    void check_ofAService_checksEachOfItsServers() {
        SimTime time = new SimTime(1);
        EventTap closed = new EventTap(SimulationListener.NONE, time);
        Replicas store = new Replicas(Service.named("store").replicas(2), List.of(), time, 1, closed);
        store.check();

        store.servers().get(1).occupancy().enter(SECOND);

        assertThatIllegalStateException().isThrownBy(store::check).withMessageContaining("'store'");
    }
}
