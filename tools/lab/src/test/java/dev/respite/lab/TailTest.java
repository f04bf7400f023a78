package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TailTest {

    @Test
    void eachPart_takesAtLeastItsTime() {
        List<Double> times = new ArrayList<>();
        for (int i = 1; i <= 1_000; i++) {
            times.add((double) i);
        }
        Collections.shuffle(times, new Random(1));

        List<Double> pairs = Tail.of(times);

        assertThat(pairs.subList(0, 2)).containsExactly(1.0, 1.0);
        for (int i = 0; i < pairs.size(); i += 2) {
            double time = pairs.get(i + 1);
            long slower = times.stream().filter(other -> other >= time).count();
            assertThat(slower)
                    .isBetween((long) Math.floor(1_000 * pairs.get(i)), (long) Math.ceil(1_000 * pairs.get(i)) + 1);
        }
        assertThat(pairs.get(pairs.size() - 1)).isEqualTo(1_000.0);
    }

    @Test
    void noTimes_haveNoCurve() {
        assertThat(Tail.of(List.of())).isEmpty();
    }
}
