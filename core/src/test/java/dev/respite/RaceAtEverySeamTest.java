package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.SeamWorld.Intrusion;
import dev.respite.testsupport.Cases;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Cancellation, completion, timeout and the end of a wait meet in every order: at each point where a call talks to what
 * surrounds it, one or two others act first. Whatever they do, the call has one end, and nothing goes on or is lost.
 */
class RaceAtEverySeamTest {

    @Test
    void call_withoutIntruders_isOrderlyAndHasManyCrossings() {
        assertThat(crossings(List.of())).isBetween(30, 100);
    }

    @ParameterizedTest
    @EnumSource
    void call_withAnIntruderAtAnyPoint_isOrderly(Intruder intruder) {
        int crossings = crossings(List.of());
        for (int at = 1; at <= crossings; at++) {
            crossings(List.of(new Intrusion(at, intruder)));
        }
    }

    @Tag("cases")
    @ParameterizedTest
    @EnumSource
    void call_withTwoIntrudersAtAnyPoints_isOrderly(Intruder first) {
        int crossings = crossings(List.of());
        for (Intruder second : Intruder.values()) {
            for (int at : some(crossings, first, second)) {
                int most = crossings(List.of(new Intrusion(at, first)));
                for (int later = at; later <= most; later++) {
                    crossings(List.of(new Intrusion(at, first), new Intrusion(later, second)));
                }
            }
        }
    }

    @Tag("cases")
    @ParameterizedTest
    @EnumSource
    void callThatWaitsForTheBudget_withTwoIntrudersAtAnyPoints_isOrderly(Intruder first) {
        int crossings = crossings(List.of(), true);
        assertThat(crossings).isBetween(40, 120);
        for (Intruder second : Intruder.values()) {
            for (int at : some(crossings, first, second)) {
                int most = crossings(List.of(new Intrusion(at, first)), true);
                for (int later = at; later <= most; later++) {
                    crossings(List.of(new Intrusion(at, first), new Intrusion(later, second)), true);
                }
            }
        }
    }

    /** The crossings at which the first intruder acts: every fifth in {@code verify}, begun at another one for each pair. */
    private static List<Integer> some(int crossings, Intruder first, Intruder second) {
        List<Intruder> all = List.of(Intruder.values());
        int offset = all.indexOf(first) * all.size() + all.indexOf(second);
        return Cases.of(IntStream.range(0, crossings)
                .mapToObj(i -> 1 + (i + offset) % crossings)
                .toList());
    }

    private static int crossings(List<Intrusion> plan) {
        return crossings(plan, false);
    }

    /** Runs a call by a plan, and returns how many crossings it had. */
    private static int crossings(List<Intrusion> plan, boolean waits) {
        SeamWorld world = new SeamWorld(plan, waits);
        try {
            int crossings = world.live();
            world.assertOrderly();
            return crossings;
        } catch (AssertionError | RuntimeException disorder) {
            throw new AssertionError(world.toString(), disorder);
        }
    }
}
