package dev.respite.sim.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.scenario.Discipline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** When CoDel drops, in milliseconds, against the control law of RFC 8289. A request is the time at which it came. */
class CoDelQueueTest {

    private static final long MILLI = 1_000_000L;

    private final Queue<Long> waiting = new ArrayDeque<>();
    private final List<Long> dropped = new ArrayList<>();
    private final List<Long> dropTimes = new ArrayList<>();
    private long now;
    private final CoDelQueue<Long> queue =
            new CoDelQueue<>(Discipline.CoDel.STANDARD, waiting, time -> time, this::drop);

    private void drop(Long request) {
        dropped.add(request);
        dropTimes.add(now / MILLI);
    }

    /** Takes a request in each millisecond, each of which came so long ago. */
    private void takeEach(long from, long to, long wait) {
        for (now = from * MILLI; now < to * MILLI; now += MILLI) {
            waiting.clear();
            LongStream.range(0, 20).forEach(i -> waiting.add(now - wait * MILLI));
            queue.take(now);
        }
    }

    /** The times by the law: the n-th drop is interval / sqrt(n) before the next; each at the first take from then on. */
    private static List<Long> byTheLaw(long first, int count, int drops) {
        List<Long> times = new ArrayList<>(List.of(first));
        double next = first;
        for (int n = count; times.size() < drops; n++) {
            next += 100 / Math.sqrt(n);
            times.add((long) Math.ceil(next - 1e-6));
        }
        return times;
    }

    @Test
    void waitsAboveTheTarget_forAnInterval_dropByTheControlLaw() {
        takeEach(1_000, 3_000, 20);
        // It is above from 1000 on, so the first is dropped at 1100.
        assertThat(dropTimes).hasSizeGreaterThan(80).isEqualTo(byTheLaw(1_100, 1, dropTimes.size()));
        assertThat(dropTimes.get(1)).isEqualTo(1_200);
        assertThat(dropTimes.get(2)).isEqualTo(1_271); // + 100 / sqrt(2)
    }

    @Test
    void numberOfDrops_growsWithTheSquareOfTheTime() {
        takeEach(0, 5_100, 20);
        // The sum of 1 / sqrt(i) up to n is 2 sqrt(n) - 1.46: at 5 s, sqrt(n) = (50 + 1.46) / 2.
        assertThat(dropTimes.size()).isBetween(640, 690);
    }

    @Test
    void waitsThatAreShorterOnceInAnInterval_dropNothing() {
        for (int i = 0; i < 20; i++) {
            takeEach(i * 100L, i * 100L + 99, 20);
            takeEach(i * 100L + 99, i * 100L + 100, 4);
        }
        assertThat(dropTimes).isEmpty();
    }

    @Test
    void target_isAccepted_onlyBelow() {
        takeEach(0, 1_000, 5);
        assertThat(dropTimes).startsWith(100L);
    }

    @Test
    void waitsBelowTheTarget_endTheDropping_andSoonAfterItGoesOnAtItsRate() {
        takeEach(0, 1_000, 20);
        int before = dropTimes.size();
        takeEach(1_000, 1_010, 1);
        takeEach(1_010, 1_500, 20);
        List<Long> again = dropTimes.subList(before, dropTimes.size());
        // Less than 16 intervals after the last: it begins with as many as there were more than at its first beginning.
        assertThat(again).isEqualTo(byTheLaw(1_110, before - 1, again.size()));
    }

    @Test
    void waitsBelowTheTarget_forLong_makeItBeginAnew() {
        takeEach(0, 1_000, 20);
        int before = dropTimes.size();
        takeEach(1_000, 3_000, 1);
        takeEach(3_000, 3_500, 20);
        List<Long> again = dropTimes.subList(before, dropTimes.size());
        assertThat(again).isEqualTo(byTheLaw(3_100, 1, again.size()));
    }

    @Test
    void request_isNotDropped_whileAtMostOneOtherWaits() {
        for (now = 0; now < 2_000 * MILLI; now += MILLI) {
            waiting.clear();
            waiting.add(now - 50 * MILLI);
            waiting.add(now);
            assertThat(queue.take(now)).isEqualTo(now - 50 * MILLI);
        }
        assertThat(dropTimes).isEmpty();
        waiting.clear();
        assertThat(queue.take(now)).isNull();
    }

    @Test
    void oldest_isDropped_andTheNextIsTaken() {
        takeEach(0, 100, 20);
        now = 100 * MILLI;
        waiting.clear();
        LongStream.range(10, 20).forEach(time -> waiting.add(time * MILLI));
        assertThat(queue.take(now)).isEqualTo(11 * MILLI);
        assertThat(dropped).containsExactly(10 * MILLI);
    }
}
