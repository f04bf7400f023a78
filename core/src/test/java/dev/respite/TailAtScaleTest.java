package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.hedge.Hedge;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.Cases;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The figures of Dean and Barroso, "The Tail at Scale", in a model of the latency: hedging at the 95th percentile makes about
 * 5 % more requests, and the slowest of a hundred servers is no longer a matter of seconds.
 *
 * <p>The model: 5 ms and an exponential part of 2 ms in the mean; one request in five hundred meets a server that pauses, and
 * takes 0.5 to 1.5 s. The p95 is that of the model, by its formula. Limits and budget are the defaults.
 */
@Tag("cases")
class TailAtScaleTest {

    private static final int FAN_OUT = 100;
    private static final int REQUESTS = Cases.of(10_000);

    private static final double FAST_MILLIS = 5;
    private static final double MEAN_MILLIS = 2;
    private static final double PAUSES = 0.002;

    private final VirtualTime time = new VirtualTime();
    private final SplittableRandom random = new SplittableRandom(42);
    private final Retry retry = Retry.of(RetryPolicy.defaults(), time);

    private long latencyNanos() {
        double millis = random.nextDouble() < PAUSES
                ? 500 + 1_000 * random.nextDouble()
                : FAST_MILLIS - MEAN_MILLIS * Math.log(1 - random.nextDouble());
        return (long) (millis * 1_000_000);
    }

    /** Above it are 5 % of the requests: all that pause, and the rest of the exponential part's tail. */
    private static Duration p95() {
        double slow = (0.05 - PAUSES) / (1 - PAUSES);
        return Duration.ofNanos((long) ((FAST_MILLIS - MEAN_MILLIS * Math.log(slow)) * 1_000_000));
    }

    private CompletableFuture<String> ask() {
        CompletableFuture<String> reply = new CompletableFuture<>();
        time.schedule(() -> reply.complete("found"), latencyNanos());
        return reply;
    }

    private CompletableFuture<String> hedged(Hedge hedge) {
        return hedge.callIdempotent(this::ask);
    }

    @Test
    void hedging_atTheP95_makesFivePercentMoreRequests() {
        Hedge hedge = Hedge.of(retry, p95());
        int calls = Cases.of(400_000);
        for (int call = 0; call < calls; call++) {
            CompletableFuture<String> result = hedged(hedge);
            if (call % FAN_OUT == 0) {
                time.runAll();
                assertThat(result).isCompletedWithValue("found");
            }
        }
        time.runAll();
        RetryCounts counts = retry.counts();
        assertThat(counts.calls()).isEqualTo(calls);
        double more = 100.0 * (counts.attempts() - calls) / calls;
        assertThat(more).as("%% more requests").isBetween(4.7, 5.3);
        assertThat(counts.rejectedByBudget()).as("the defaults can afford it").isZero();
    }

    @Test
    void hedging_ofAFanOut_cutsItsP999ByTen() {
        Hedge hedge = Hedge.of(retry, p95());
        double plain = p999(this::ask);
        double hedged = p999(() -> hedged(hedge));
        assertThat(plain).isGreaterThan(1_000);
        assertThat(hedged).isLessThan(plain / 10);
        assertThat((retry.counts().attempts() - retry.counts().calls())
                        / (double) retry.counts().calls())
                .isBetween(0.047, 0.053);
    }

    /** How long the slowest of a hundred answers takes, in milliseconds, one time in a thousand. */
    private double p999(Supplier<CompletableFuture<String>> server) {
        long[] took = new long[REQUESTS];
        for (int request = 0; request < REQUESTS; request++) {
            int index = request;
            long start = time.nanoTime();
            CompletableFuture<?>[] answers = new CompletableFuture<?>[FAN_OUT];
            Arrays.setAll(answers, i -> server.get());
            CompletableFuture.allOf(answers).thenRun(() -> took[index] = time.nanoTime() - start);
            time.runAll();
        }
        Arrays.sort(took);
        return took[(int) (REQUESTS * 0.999)] / 1e6;
    }
}
