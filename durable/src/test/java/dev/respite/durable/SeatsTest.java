package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.Seats.Limits;
import dev.respite.durable.Seats.Share;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeatsTest {

    private static final long MILLI = 1_000_000L;

    private static Map<String, Limits> tasks(int number) {
        return IntStream.range(0, number).boxed().collect(Collectors.toMap(i -> "task " + i, i -> Limits.NONE));
    }

    private static CallRow call(String task, int id) {
        return new CallRow(task, String.valueOf(id), id);
    }

    private static List<CallRow> calls(String task, int number) {
        return IntStream.range(0, number).mapToObj(id -> call(task, id)).toList();
    }

    private static Share share(Seats seats, String task, long now) {
        return seats.free(now).tasks().get(task);
    }

    @ParameterizedTest
    @CsvSource({
        // threads, tasks, seats that each task keeps, all kept seats
        "10, 1, 5, 5",
        "10, 2, 2, 4",
        "10, 3, 1, 3",
        "10, 5, 1, 5",
        "10, 20, 1, 5",
        "3, 2, 1, 1",
        "2, 5, 1, 1",
        "1, 1, 0, 0",
        "1, 9, 0, 0",
        "100, 7, 7, 49",
    })
    void keptSeats_areAtMostHalf_andDividedAmongTheTasks(int threads, int tasks, int each, int all) {
        Seats.Free free = new Seats(threads, tasks(tasks), 0).free(0);
        assertThat(free.kept()).isEqualTo(all);
        assertThat(free.general()).isEqualTo(threads - all);
        assertThat(free.tasks().values()).containsOnly(new Share(threads - all + each, each));
    }

    @Test
    void task_thatTakesAllItMay_leavesTheSeatsOfOthers() {
        Seats seats = new Seats(10, tasks(2), 0);
        seats.take(calls("task 0", 8));
        assertThat(share(seats, "task 0", 0)).isEqualTo(new Share(0, 0));
        assertThat(share(seats, "task 1", 0)).isEqualTo(new Share(2, 2));
        seats.take(calls("task 1", 1));
        assertThat(share(seats, "task 0", 0)).isEqualTo(new Share(0, 0));
        assertThat(share(seats, "task 1", 0)).isEqualTo(new Share(1, 1));
    }

    @Test
    void release_ofACallThatHasNoSeat_freesNone() {
        Seats seats = new Seats(1, tasks(2), 0);
        seats.take(List.of(call("task 0", 7)));
        seats.release(call("task 0", 8));
        seats.release(call("task 1", 7));
        assertThat(seats.free(0).isAnyFree(Set.of("task 0", "task 1"))).isFalse();
        seats.release(call("task 0", 7));
        seats.release(call("task 0", 7));
        assertThat(seats.free(0).general()).isEqualTo(1);
    }

    @Test
    void concurrencyLimit_boundsTheTask_andItKeepsNoMore() {
        Seats seats =
                new Seats(12, Map.of("a", new Limits(OptionalInt.of(1), OptionalDouble.empty()), "b", Limits.NONE), 0);
        assertThat(share(seats, "a", 0)).isEqualTo(new Share(1, 1));
        // Of 12 seats, a keeps one instead of three.
        assertThat(share(seats, "b", 0)).isEqualTo(new Share(11, 3));
        seats.take(calls("a", 1));
        assertThat(share(seats, "a", 0)).isEqualTo(new Share(0, 0));
    }

    @Test
    void rate_isThatOfATokenBucket_whoseBurstIsOfAFifthOfASecond() {
        Seats seats =
                new Seats(100, Map.of("a", new Limits(OptionalInt.empty(), OptionalDouble.of(50))), -5_000 * MILLI);
        long now = 1_000 * MILLI;
        assertThat(share(seats, "a", now).seats()).isEqualTo(10);
        seats.take(calls("a", 10));
        assertThat(share(seats, "a", now).seats()).isZero();
        assertThat(share(seats, "a", now + 19 * MILLI).seats()).isZero();
        assertThat(share(seats, "a", now + 21 * MILLI).seats()).isEqualTo(1);
        // Two threads read the clock, and the later time comes first.
        assertThat(share(seats, "a", now).seats()).isEqualTo(1);
        assertThat(share(seats, "a", now + 21 * MILLI).seats()).isEqualTo(1);
        assertThat(share(seats, "a", now + 1_000 * MILLI).seats()).isEqualTo(10);
        Seats slow = new Seats(100, Map.of("a", new Limits(OptionalInt.empty(), OptionalDouble.of(0.5))), 0);
        assertThat(share(slow, "a", now).seats()).isEqualTo(1);
        slow.take(calls("a", 1));
        assertThat(share(slow, "a", now + 1_900 * MILLI).seats()).isZero();
        assertThat(share(slow, "a", now + 2_100 * MILLI).seats()).isEqualTo(1);
    }

    @Test
    void choose_goesRoundTheTasks_theOldestFirst() {
        Seats.Free free = new Seats.Free(
                3, 2, new TreeMap<>(Map.of("a", new Share(4, 1), "b", new Share(4, 1), "c", new Share(1, 0))));
        List<String> due = List.of("a0", "a1", "a2", "a3", "b0", "b1", "c0", "c1");
        // The kept seats of a and b, then one general seat for each.
        assertThat(free.choose(due, call -> call.substring(0, 1))).containsExactly("a0", "b0", "a1", "b1", "c0");
    }

    /** Each step picks from a backlog and ends some calls. */
    @Test
    void seats_inAnyOrderOfPicksAndEnds_starveNoTaskAndWasteNone() {
        for (long seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Run run = new Run(1 + random.nextInt(20), 1 + random.nextInt(12), random);
            for (int step = 0; step < 25; step++) {
                run.pick();
                run.end();
            }
        }
    }

    /** The calls of an instance. */
    private static final class Run {

        private final int threads;
        private final Map<String, Limits> limits = new HashMap<>();
        private final Map<String, Integer> backlog = new HashMap<>();
        private final Set<CallRow> running = new HashSet<>();
        private final Seats seats;
        private final Random random;
        private int ids;

        Run(int threads, int tasks, Random random) {
            this.threads = threads;
            this.random = random;
            for (String task : tasks(tasks).keySet()) {
                limits.put(
                        task,
                        new Limits(
                                random.nextInt(3) == 0 ? OptionalInt.of(1 + random.nextInt(3)) : OptionalInt.empty(),
                                OptionalDouble.empty()));
            }
            seats = new Seats(threads, limits, 0);
        }

        private int running(String task) {
            return (int)
                    running.stream().filter(call -> call.task().equals(task)).count();
        }

        void pick() {
            limits.keySet().forEach(task -> backlog.merge(task, random.nextInt(8), Integer::sum));
            List<CallRow> due = new ArrayList<>();
            backlog.forEach((task, number) -> IntStream.range(0, number).forEach(i -> due.add(call(task, ids++))));
            java.util.Collections.shuffle(due, random);
            Map<String, Integer> before =
                    limits.keySet().stream().collect(Collectors.toMap(task -> task, this::running));
            Seats.Free free = seats.free(0);
            List<CallRow> chosen = free.choose(due, CallRow::task);
            seats.take(chosen);
            running.addAll(chosen);
            Set<String> exhausted = free.exhausted(chosen);
            Seats.Free after = seats.free(0);
            assertThat(running).hasSizeLessThanOrEqualTo(threads);
            int kept = Math.max(1, threads / (2 * limits.size()));
            for (String task : limits.keySet()) {
                int limit = limits.get(task).concurrentCalls().orElse(threads);
                assertThat(running(task)).isLessThanOrEqualTo(limit);
                int waiting = backlog.get(task) + before.get(task) - running(task);
                // No seat is free for a call that waits.
                assertThat(exhausted.contains(task))
                        .isEqualTo(after.tasks().get(task).seats() == 0);
                assertThat(waiting == 0 || exhausted.contains(task)).isTrue();
                if (2 * limits.size() <= threads) {
                    int own = Math.min(Math.min(kept, limit), before.get(task) + backlog.get(task));
                    assertThat(running(task)).isGreaterThanOrEqualTo(own);
                }
                backlog.put(task, waiting);
            }
        }

        void end() {
            List<CallRow> ended =
                    running.stream().filter(call -> random.nextInt(3) == 0).toList();
            ended.forEach(seats::release);
            ended.forEach(running::remove);
        }
    }
}
