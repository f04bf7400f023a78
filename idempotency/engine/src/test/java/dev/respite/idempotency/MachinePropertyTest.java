package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Random steps in random order, with pauses and missing replies of the store. */
@Tag("cases")
class MachinePropertyTest {

    private static final int STEPS = 120;

    @Property
    void unknownIsLeft_anyOrder_atMostOneEffect(@ForAll long seed) {
        assertThat(ran(seed, ProtocolSimulation.Kind.LEAVE_UNKNOWN).effects()).isLessThanOrEqualTo(1);
    }

    @Property
    void unknownIsReconciled_anyOrder_atMostOneEffect(@ForAll long seed) {
        assertThat(ran(seed, ProtocolSimulation.Kind.RECONCILE).effects()).isLessThanOrEqualTo(1);
    }

    /** At least once: the table of transitions still holds. */
    @Property(tries = 500)
    void unknownIsRunAgain_anyOrder_onlyAllowedChanges(@ForAll long seed) {
        ran(seed, ProtocolSimulation.Kind.RUN_AGAIN);
    }

    private static ProtocolSimulation ran(long seed, ProtocolSimulation.Kind kind) {
        ProtocolSimulation world = new ProtocolSimulation(seed, kind);
        for (int i = 0; i < STEPS; i++) {
            world.step();
        }
        return world;
    }
}
