package dev.respite.torture.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KillTargetsTest {

    private final KillTargets targets = new KillTargets(
            List.of(Step.BEFORE_CLAIM, Step.BEFORE_COMMIT), Set.of(Step.BEFORE_CLAIM, Step.BEFORE_COMMIT));

    @Test
    void take_afterHit_returnsOtherStepsFirst() {
        targets.release(targets.take().orElseThrow(), true);

        assertThat(targets.take()).contains(Step.BEFORE_COMMIT);
        assertThat(targets.take()).contains(Step.BEFORE_CLAIM);
    }

    @Test
    void take_afterMiss_returnsMissedStep() {
        targets.release(targets.take().orElseThrow(), false);

        assertThat(targets.take()).contains(Step.BEFORE_CLAIM);
    }

    @Test
    void take_allTaken_isEmpty() {
        targets.take();
        targets.take();

        assertThat(targets.take()).isEmpty();
    }

    @Test
    void hasPending_untilEachStepIsHit_isTrue() {
        targets.release(targets.take().orElseThrow(), true);
        assertThat(targets.hasPending()).isTrue();
        Step second = targets.take().orElseThrow();
        targets.release(second, false);
        assertThat(targets.hasPending()).isTrue();
        targets.release(targets.take().orElseThrow(), true);

        assertThat(targets.hasPending()).isFalse();
    }
}
