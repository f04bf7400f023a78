package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.sim.scenario.InvalidScenarioException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The virtual time of a run. */
class SimTimeTest {

    private final SimTime time = new SimTime(1, 10);

    @Test
    void tasks_runInTheOrderOfTheirTimes() {
        List<Long> times = new ArrayList<>();
        time.at(30, () -> times.add(time.nanoTime()));
        time.after(20, () -> {
            times.add(time.nanoTime());
            time.after(5, () -> times.add(time.nanoTime()));
        });
        time.at(41, () -> times.add(time.nanoTime()));

        time.advanceTo(40);

        assertThat(times).containsExactly(20L, 25L, 30L);
        assertThat(time.nanoTime()).isEqualTo(40);
        time.runAll();
        assertThat(times).endsWith(41L);
    }

    @Test
    void tasks_withoutADelayAtOneInstant_areRefusedAboveTheLimit() {
        time.after(1_000_000, this::again);

        assertThatThrownBy(() -> time.advanceTo(2_000_000))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessageStartingWith("from 1ms on, calls fail and begin again without end");
    }

    private void again() {
        time.after(0, this::again);
    }

    @Test
    void tasks_withoutADelayAtSeveralInstants_areCountedApart() {
        List<Integer> run = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int number = i;
            time.after(1 + i / 6, () -> time.after(0, () -> run.add(number)));
        }

        time.advanceTo(10);

        assertThat(run).hasSize(30);
    }
}
