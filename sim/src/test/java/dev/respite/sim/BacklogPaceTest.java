package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.DurableBacklog.Result;
import dev.respite.sim.DurableBacklog.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A backlog of durable calls after an outage of 60 s: instances, targets, latencies and new calls are drawn by a seed. The rows of the
 * table in docs/adr/durable.md are printed by {@code -Dtest=BacklogPaceTest -Drespite.cells=40} in the slow tier.
 */
class BacklogPaceTest {

    private static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=unlimited base-delay=50ms max-delay=1h total-timeout=7d nested=retry");

    private static final int CELLS = Integer.getInteger("respite.cells", 10);

    /** The first drawn settings of small targets, which take little time. */
    static List<Setting> shortForm() {
        return LongStream.iterate(1, seed -> seed + 1)
                .mapToObj(Setting::drawn)
                .filter(setting -> setting.rate() < 300)
                .limit(4)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("shortForm")
    void backlog_ofASmallTarget_isDoneSoon_withoutOverload(Setting setting) {
        assertGood(DurableBacklog.run(setting, POLICY));
    }

    @Test
    @Tag("slow")
    void backlog_ofAnyTarget_isDoneSoon_withoutOverload() {
        List<String> rows = new ArrayList<>();
        for (long seed = 1; seed <= CELLS; seed++) {
            Result result = DurableBacklog.run(Setting.drawn(seed), POLICY);
            rows.add(row(result));
            assertGood(result);
        }
        if (CELLS >= 40) {
            System.out.println(String.join(System.lineSeparator(), rows));
        }
    }

    /** Ten instances beside a small target see too few of its answers to notice at once that they are too many. */
    private static void assertGood(Result result) {
        Setting setting = result.setting();
        boolean isRare = setting.rate() < 5 * setting.instances();
        assertThat(result.slowness()).as("%s", setting).isLessThan(1.5);
        assertThat(result.peak()).as("%s", setting).isLessThan((isRare ? 1.35 : 1.15) * setting.rate());
        assertThat(result.failed()).as("%s", setting).isLessThan(setting.calls() * (isRare ? 8 : 2) / 100);
        assertThat(result.looks()).as("%s", setting).isLessThan(setting.calls());
        assertThat(result.deadLetters()).as("%s", setting).isZero();
    }

    private static String row(Result result) {
        Setting setting = result.setting();
        return String.format(
                Locale.ROOT,
                "| %d | %d/s | %d ms | %.1f/s | %.2f | %.2f | %d | %d |",
                setting.instances(),
                setting.rate(),
                setting.latencyMillis(),
                setting.newCalls(),
                result.slowness(),
                result.peak() / setting.rate(),
                result.failed(),
                result.looks());
    }
}
