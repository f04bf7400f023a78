package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.sim.scenario.Balancer;
import dev.respite.sim.scenario.Balancer.Choice;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The choice of the replica for each attempt. */
class AttemptBalancerTest {

    private static final BitSet NONE = new BitSet();

    private static BitSet tried(int... replicas) {
        BitSet tried = new BitSet();
        for (int replica : replicas) {
            tried.set(replica);
        }
        return tried;
    }

    private static DoubleSupplier random() {
        return new Random(1)::nextDouble;
    }

    /** Sends attempts that each end before the next begins. */
    private static List<Integer> chosen(AttemptBalancer balancer, int attempts) {
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < attempts; i++) {
            chosen.add(send(balancer, NONE));
        }
        return chosen;
    }

    private static int send(AttemptBalancer balancer, BitSet tried) {
        int replica = balancer.choose(tried);
        balancer.ended(replica);
        return replica;
    }

    @Test
    void roundRobin_goesOnToTheNext_fromAnyBeginning() {
        AttemptBalancer fromTheSecond = new AttemptBalancer(Balancer.of(Choice.ROUND_ROBIN), 4, () -> 0.25);
        assertThat(chosen(fromTheSecond, 6)).containsExactly(1, 2, 3, 0, 1, 2);
    }

    @Test
    void leastOutstanding_isTheOneThatFewestWaitFor_andOfEqualOnesAnyOne() {
        AttemptBalancer balancer = new AttemptBalancer(Balancer.of(Choice.LEAST_OUTSTANDING), 3, random());
        assertThat(List.of(balancer.choose(NONE), balancer.choose(NONE), balancer.choose(NONE)))
                .containsExactlyInAnyOrder(0, 1, 2);
        balancer.ended(1);
        assertThat(balancer.choose(NONE)).isEqualTo(1);
        balancer.ended(2);
        assertThat(balancer.choose(NONE)).isEqualTo(2);
        balancer.ended(0);
        assertThat(balancer.choose(NONE)).isZero();
        List<Integer> firsts = new ArrayList<>();
        DoubleSupplier random = random();
        for (int i = 0; i < 3_000; i++) {
            firsts.add(new AttemptBalancer(Balancer.of(Choice.LEAST_OUTSTANDING), 3, random).choose(NONE));
        }
        for (int replica = 0; replica < 3; replica++) {
            int wanted = replica;
            assertThat(firsts.stream().filter(first -> first == wanted).count() / 3_000.0)
                    .isCloseTo(1 / 3.0, within(0.035));
        }
    }

    @ParameterizedTest
    @EnumSource(Choice.class)
    void retry_elsewhere_prefersAReplicaThatWasNotTried(Choice choice) {
        AttemptBalancer any = new AttemptBalancer(Balancer.of(choice), 3, random());
        AttemptBalancer other = new AttemptBalancer(Balancer.of(choice).retryingElsewhere(), 3, random());
        List<Integer> anywhere = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            assertThat(send(other, tried(0, 2))).isEqualTo(1);
            assertThat(send(other, tried(1))).isNotEqualTo(1);
            anywhere.add(send(any, tried(0, 2)));
        }
        assertThat(anywhere).contains(0, 1, 2);
        assertThat(send(other, tried(0, 1, 2))).isBetween(0, 2);
    }

    @Test
    void random_drawsNothing_whereThereIsNoChoice() {
        AttemptBalancer balancer = new AttemptBalancer(Balancer.of(Choice.RANDOM), 1, () -> {
            throw new AssertionError("drawn");
        });
        assertThat(balancer.choose(NONE)).isZero();
    }
}
