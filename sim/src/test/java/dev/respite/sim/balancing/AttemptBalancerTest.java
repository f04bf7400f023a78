package dev.respite.sim.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.sim.balancing.AttemptBalancer.Result;
import dev.respite.sim.scenario.Balancer;
import dev.respite.sim.scenario.Balancer.Choice;
import dev.respite.sim.scenario.Ejection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which replica an attempt goes to, step by step. */
class AttemptBalancerTest {

    private static final BitSet NONE = new BitSet();
    private static final long SECOND = 1_000_000_000L;
    private static final Ejection TWO_IN_A_ROW = new Ejection(new Ejection.Consecutive(2), Duration.ofSeconds(10), 0.5);

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
    private static List<Integer> chosen(AttemptBalancer balancer, int attempts, long now) {
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < attempts; i++) {
            chosen.add(send(balancer, NONE, Result.RESPONDED, now));
        }
        return chosen;
    }

    private static int send(AttemptBalancer balancer, BitSet tried, Result result, long now) {
        int replica = balancer.choose(tried, now);
        balancer.ended(replica, result, now);
        return replica;
    }

    /** Fails the attempts that a replica gets until it has failed so often. */
    private static void fail(AttemptBalancer balancer, int replica, int times, long now) {
        int failed = 0;
        for (int attempt = 0; failed < times; attempt++) {
            assertThat(attempt)
                    .as("attempts until replica " + replica + " is chosen")
                    .isLessThan(1_000);
            int chosen = balancer.choose(NONE, now);
            balancer.ended(chosen, chosen == replica ? Result.FAILED : Result.RESPONDED, now);
            failed += chosen == replica ? 1 : 0;
        }
    }

    @Test
    void roundRobin_goesOnToTheNext_fromAnyBeginning() {
        AttemptBalancer fromTheSecond = new AttemptBalancer(Balancer.of(Choice.ROUND_ROBIN), 4, () -> 0.25);
        assertThat(chosen(fromTheSecond, 6, 0)).containsExactly(1, 2, 3, 0, 1, 2);
    }

    @Test
    void roundRobin_leavesOutTheEjected_andDoesNotDoubleTheOneAfterThem() {
        AttemptBalancer balancer =
                new AttemptBalancer(Balancer.of(Choice.ROUND_ROBIN).ejecting(TWO_IN_A_ROW), 4, () -> 0);
        fail(balancer, 1, 2, 0);
        assertThat(chosen(balancer, 6, SECOND)).containsExactly(2, 3, 0, 2, 3, 0);
        assertThat(chosen(balancer, 4, 10 * SECOND)).contains(1);
    }

    @Test
    void leastOutstanding_isTheOneThatFewestWaitFor_andOfEqualOnesAnyOne() {
        AttemptBalancer balancer = new AttemptBalancer(Balancer.of(Choice.LEAST_OUTSTANDING), 3, random());
        assertThat(List.of(balancer.choose(NONE, 0), balancer.choose(NONE, 0), balancer.choose(NONE, 0)))
                .containsExactlyInAnyOrder(0, 1, 2);
        balancer.ended(1, Result.RESPONDED, 0);
        assertThat(balancer.choose(NONE, 0)).isEqualTo(1);
        balancer.ended(2, Result.CANCELLED, 0);
        assertThat(balancer.choose(NONE, 0)).isEqualTo(2);
        balancer.ended(0, Result.FAILED, 0);
        assertThat(balancer.choose(NONE, 0)).isZero();
        List<Integer> firsts = new ArrayList<>();
        DoubleSupplier random = random();
        for (int i = 0; i < 3_000; i++) {
            firsts.add(new AttemptBalancer(Balancer.of(Choice.LEAST_OUTSTANDING), 3, random).choose(NONE, 0));
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
            assertThat(send(other, tried(0, 2), Result.RESPONDED, 0)).isEqualTo(1);
            assertThat(send(other, tried(1), Result.RESPONDED, 0)).isNotEqualTo(1);
            anywhere.add(send(any, tried(0, 2), Result.RESPONDED, 0));
        }
        assertThat(anywhere).contains(0, 1, 2);
        assertThat(send(other, tried(0, 1, 2), Result.RESPONDED, 0)).isBetween(0, 2);
    }

    @ParameterizedTest
    @EnumSource(Choice.class)
    void retry_prefersATriedReplica_toAnEjectedOne(Choice choice) {
        Balancer spec = Balancer.of(choice).retryingElsewhere().ejecting(TWO_IN_A_ROW);
        AttemptBalancer balancer = new AttemptBalancer(spec, 2, random());
        fail(balancer, 0, 2, 0);
        for (int i = 0; i < 20; i++) {
            assertThat(send(balancer, tried(1), Result.RESPONDED, SECOND)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Choice.class)
    void attempts_goToAll_whereAllAreEjected(Choice choice) {
        Ejection all = new Ejection(new Ejection.Consecutive(1), Duration.ofSeconds(10), 1);
        AttemptBalancer balancer = new AttemptBalancer(Balancer.of(choice).ejecting(all), 2, random());
        send(balancer, NONE, Result.FAILED, 0);
        send(balancer, NONE, Result.FAILED, 0);
        assertThat(chosen(balancer, 40, SECOND)).contains(0, 1);
    }

    @Test
    void random_drawsNothing_whereThereIsNoChoice() {
        AttemptBalancer balancer = new AttemptBalancer(Balancer.of(Choice.RANDOM), 1, () -> {
            throw new AssertionError("drawn");
        });
        assertThat(balancer.choose(NONE, 0)).isZero();
    }
}
