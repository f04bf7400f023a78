package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever is done in whatever order, with whatever pauses and silences of the store. */
class MachinePropertyTest {

    private static final int STEPS = 120;

    @Property(tries = 1_000)
    void unknownIsLeft_anyOrder_atMostOneEffect(@ForAll long seed) {
        assertThat(ran(seed, MachineWorld.Kind.LEAVE_UNKNOWN).effects()).isLessThanOrEqualTo(1);
    }

    @Property(tries = 1_000)
    void unknownIsReconciled_anyOrder_atMostOneEffect(@ForAll long seed) {
        assertThat(ran(seed, MachineWorld.Kind.RECONCILE).effects()).isLessThanOrEqualTo(1);
    }

    /** At least once: what is held against the table of changes still holds. */
    @Property(tries = 500)
    void unknownIsRunAgain_anyOrder_onlyAllowedChanges(@ForAll long seed) {
        ran(seed, MachineWorld.Kind.RUN_AGAIN);
    }

    private static MachineWorld ran(long seed, MachineWorld.Kind kind) {
        MachineWorld world = new MachineWorld(seed, kind);
        for (int i = 0; i < STEPS; i++) {
            world.step();
        }
        return world;
    }
}
