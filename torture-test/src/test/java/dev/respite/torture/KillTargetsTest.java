package dev.respite.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KillTargetsTest {

    private final KillTargets targets = new KillTargets(
            List.of(Step.BEFORE_CLAIM, Step.BEFORE_COMMIT), Set.of(Step.BEFORE_CLAIM, Step.BEFORE_COMMIT));

    @Test
    void hit_comesAgainAfterAllOthers() {
        targets.release(targets.take().orElseThrow(), true);

        assertThat(targets.take()).contains(Step.BEFORE_COMMIT);
        assertThat(targets.take()).contains(Step.BEFORE_CLAIM);
    }

    @Test
    void missed_comesNext() {
        targets.release(targets.take().orElseThrow(), false);

        assertThat(targets.take()).contains(Step.BEFORE_CLAIM);
    }

    @Test
    void allTaken_nothingIsLeft() {
        targets.take();
        targets.take();

        assertThat(targets.take()).isEmpty();
    }

    @Test
    void isAnyUrgent_untilEachWasHit() {
        targets.release(targets.take().orElseThrow(), true);
        assertThat(targets.hasPending()).isTrue();
        Step second = targets.take().orElseThrow();
        targets.release(second, false);
        assertThat(targets.hasPending()).isTrue();
        targets.release(targets.take().orElseThrow(), true);

        assertThat(targets.hasPending()).isFalse();
    }
}
