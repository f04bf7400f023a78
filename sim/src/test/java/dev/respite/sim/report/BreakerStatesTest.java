package dev.respite.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.SimulationEvent.BreakerChanged;
import dev.respite.sim.SimulationEvent.BreakerChanged.State;
import org.junit.jupiter.api.Test;

class BreakerStatesTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void states_areWeighedByTheirTime_inEachBin() {
        BreakerStates states = new BreakerStates(new Bins(SECOND, 4, false));
        assertThat(states.areAny()).isFalse();
        states.changed(new BreakerChanged(0, 1, State.CLOSED));
        states.changed(new BreakerChanged(0, 2, State.CLOSED));
        states.changed(new BreakerChanged(SECOND / 2, 1, State.OPEN));
        states.changed(new BreakerChanged(5 * SECOND / 2, 1, State.HALF_OPEN));
        states.changed(new BreakerChanged(11 * SECOND / 4, 1, State.CLOSED));
        states.changed(new BreakerChanged(3 * SECOND, 2, State.OPEN));
        states.changed(new BreakerChanged(9 * SECOND, 2, State.CLOSED));
        assertThat(states.areAny()).isTrue();
        assertThat(states.open()).containsExactly(25, 50, 25, 50);
        assertThat(states.halfOpen()).containsExactly(0, 0, 12.5, 0);
    }

    @Test
    void stateAtTheEnd_lastsUntilTheLastBin() {
        BreakerStates states = new BreakerStates(new Bins(SECOND, 3, false));
        states.changed(new BreakerChanged(0, 1, State.CLOSED));
        states.changed(new BreakerChanged(SECOND, 1, State.OPEN));
        assertThat(states.open()).containsExactly(0, 100, 100);
    }
}
