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
import java.util.concurrent.CompletableFuture;
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

    private static void take(Seats seats, List<CallRow> calls) {
        seats.take(seats.free(0), calls, 0, 0);
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
        assertThat(free.tasks().values()).containsOnly(new Share(threads - all + each, each, 0));
    }

    @Test
    void task_thatTakesAllItMay_leavesTheSeatsOfOthers() {
        Seats seats = new Seats(10, tasks(2), 0);
        take(seats, calls("task 0", 8));
        assertThat(share(seats, "task 0", 0)).isEqualTo(new Share(0, 0, 0));
        assertThat(share(seats, "task 1", 0)).isEqualTo(new Share(2, 2, 0));
        take(seats, calls("task 1", 1));
        assertThat(share(seats, "task 0", 0)).isEqualTo(new Share(0, 0, 0));
        assertThat(share(seats, "task 1", 0)).isEqualTo(new Share(1, 1, 0));
    }

    @Test
    void release_ofACallThatHasNoSeat_freesNone() {
        Seats seats = new Seats(1, tasks(2), 0);
        take(seats, List.of(call("task 0", 7)));
        seats.release(call("task 0", 8), 0);
        seats.release(call("task 1", 7), 0);
        assertThat(seats.free(0).isAnyFree(Set.of("task 0", "task 1"))).isFalse();
        seats.release(call("task 0", 7), 0);
        seats.release(call("task 0", 7), 0);
        assertThat(seats.free(0).general()).isEqualTo(1);
    }

    @Test
    void concurrencyLimit_boundsTheTask_andItKeepsNoMore() {
        Seats seats =
                new Seats(12, Map.of("a", new Limits(OptionalInt.of(1), OptionalDouble.empty()), "b", Limits.NONE), 0);
        assertThat(share(seats, "a", 0)).isEqualTo(new Share(1, 1, 0));
        // Of 12 seats, a keeps one instead of three.
        assertThat(share(seats, "b", 0)).isEqualTo(new Share(11, 3, 0));
        take(seats, calls("a", 1));
        assertThat(share(seats, "a", 0)).isEqualTo(new Share(0, 0, 0));
    }

    @Test
    void rate_isThatOfATokenBucket_whoseBurstIsOfAFifthOfASecond() {
        Seats seats =
                new Seats(100, Map.of("a", new Limits(OptionalInt.empty(), OptionalDouble.of(50))), -5_000 * MILLI);
        long now = 1_000 * MILLI;
        assertThat(share(seats, "a", now).calls()).isEqualTo(10);
        take(seats, calls("a", 10));
        assertThat(share(seats, "a", now).calls()).isZero();
        assertThat(share(seats, "a", now + 19 * MILLI).calls()).isZero();
        assertThat(share(seats, "a", now + 21 * MILLI).calls()).isEqualTo(1);
        // Two threads read the clock, and the later time comes first.
        assertThat(share(seats, "a", now).calls()).isEqualTo(1);
        assertThat(share(seats, "a", now + 21 * MILLI).calls()).isEqualTo(1);
        assertThat(share(seats, "a", now + 1_000 * MILLI).calls()).isEqualTo(10);
        Seats slow = new Seats(100, Map.of("a", new Limits(OptionalInt.empty(), OptionalDouble.of(0.5))), 0);
        assertThat(share(slow, "a", now).calls()).isEqualTo(1);
        take(slow, calls("a", 1));
        assertThat(share(slow, "a", now + 1_900 * MILLI).calls()).isZero();
        assertThat(share(slow, "a", now + 2_100 * MILLI).calls()).isEqualTo(1);
    }

    @Test
    void choose_goesRoundTheTasks_theOldestFirst() {
        Seats.Free free = new Seats.Free(
                3, 2, new TreeMap<>(Map.of("a", new Share(4, 1, 0), "b", new Share(4, 1, 0), "c", new Share(1, 0, 0))));
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

    /** Of the last pick's ten calls one has ended after 8 ms, and a pick takes 2 ms. */
    private static Seats withABacklog(Map<String, Limits> tasks) {
        Seats seats = new Seats(10, tasks, 0);
        List<CallRow> first = new ArrayList<>();
        seats.free(0).tasks().keySet().forEach(task -> first.addAll(calls(task, 10 / tasks.size())));
        seats.take(seats.free(0), first, 0, 2 * MILLI);
        tasks.keySet().forEach(task -> seats.release(call(task, 0), 8 * MILLI));
        return seats;
    }

    /** Returns whether a call has its seat. It does not wait. */
    private static boolean isSeated(Seats seats, CallRow call) {
        Thread.currentThread().interrupt();
        boolean seated = seats.await(call);
        assertThat(Thread.interrupted()).isTrue();
        return seated;
    }

    @Test
    void callsThatEndQuickly_arePickedAhead_asManyAsEndDuringTwoPicks() {
        Seats seats = withABacklog(tasks(1));
        // One has a free seat, and half as many as there are seats wait.
        assertThat(share(seats, "task 0", 0)).isEqualTo(new Share(6, 0, 5));
        assertThat(seats.free(0).general()).isEqualTo(6);
        List<CallRow> more =
                IntStream.range(20, 26).mapToObj(id -> call("task 0", id)).toList();
        seats.take(seats.free(0), more, 0, 2 * MILLI);
        assertThat(seats.isFreeForMore(0)).isFalse();
        seats.release(call("task 0", 1), 8 * MILLI);
        seats.release(call("task 0", 2), 8 * MILLI);
        assertThat(seats.isFreeForMore(0)).isFalse();
        seats.release(call("task 0", 3), 8 * MILLI);
        // Two of five wait, so three more are picked.
        assertThat(share(seats, "task 0", 0)).isEqualTo(new Share(3, 0, 3));
        assertThat(more).filteredOn(call -> isSeated(seats, call)).isEqualTo(more.subList(0, 4));
    }

    /** A slow task would have no general seat if those that wait got them all. */
    @Test
    void callsBesideASlowTaskWithABacklog_areNotPickedAhead() {
        Seats seats = withABacklog(tasks(2));
        assertThat(share(seats, "task 0", 0)).isEqualTo(new Share(4, 0, 2));
        seats.release(call("task 1", 1), 200 * MILLI);
        assertThat(share(seats, "task 0", 0)).isEqualTo(new Share(3, 0, 0));
        seats.take(seats.free(0), List.of(call("task 0", 20), call("task 0", 21), call("task 0", 22)), 0, 2 * MILLI);
        assertThat(seats.free(0).general()).isZero();
    }

    @Test
    void callThatWaitsForItsSeat_getsTheSeatOfACallThatEnds() throws Exception {
        Seats seats = withABacklog(tasks(1));
        seats.take(seats.free(0), List.of(call("task 0", 20), call("task 0", 21)), 0, 2 * MILLI);
        assertThat(seats.await(call("task 0", 20))).isTrue();
        CompletableFuture<Boolean> waits = CompletableFuture.supplyAsync(() -> seats.await(call("task 0", 21)));
        seats.release(call("task 0", 1), 8 * MILLI);
        assertThat(waits.get()).isTrue();
    }

    @Test
    void callThatWaitsTooLong_mustNotBegin_andNoneIsPickedAheadAfterIt() {
        Seats seats = withABacklog(tasks(1));
        seats.take(seats.free(0), List.of(call("task 0", 20), call("task 0", 21)), 0, 2 * MILLI);
        assertThat(seats.await(call("task 0", 21))).isFalse();
        assertThat(share(seats, "task 0", 0)).isEqualTo(new Share(0, 0, 0));
        // It has given its place up.
        seats.release(call("task 0", 1), 8 * MILLI);
        assertThat(seats.await(call("task 0", 21))).isFalse();
        assertThat(seats.free(0).general()).isEqualTo(1);
    }

    @Test
    void callThatWaitsWhenTheSeatsAreClosed_mustNotBegin() throws Exception {
        Seats seats = withABacklog(tasks(1));
        seats.take(seats.free(0), List.of(call("task 0", 20), call("task 0", 21)), 0, 2 * MILLI);
        CompletableFuture<Boolean> waits = CompletableFuture.supplyAsync(() -> seats.await(call("task 0", 21)));
        seats.close();
        assertThat(waits.get()).isFalse();
        assertThat(seats.await(call("task 0", 20))).isTrue();
    }

    /** At the end of each history it is looked who has a seat. */
    @Test
    void seats_withCallsPickedAhead_keepTheLimitsAndTheSeatsOfEachTask() {
        int ahead = 0;
        for (long seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            int threads = 1 + random.nextInt(20);
            Run run = new Run(threads, 1 + random.nextInt(4), random);
            for (int step = random.nextInt(30); step >= 0; step--) {
                run.pickAhead();
                run.end();
            }
            run.pickAhead();
            Map<String, Long> picked =
                    run.running.stream().collect(Collectors.groupingBy(CallRow::task, Collectors.counting()));
            Seats.Free free = run.seats.free(Run.NOW);
            Map<String, Long> seated = run.running.stream()
                    .filter(call -> isSeated(run.seats, call))
                    .collect(Collectors.groupingBy(CallRow::task, Collectors.counting()));
            long all = seated.values().stream().mapToLong(number -> number).sum();
            assertThat(all).isLessThanOrEqualTo(threads);
            int each = Math.max(1, threads / (2 * run.limits.size()));
            picked.forEach((task, calls) -> {
                long own = seated.getOrDefault(task, 0L);
                int limit = run.limits.get(task).concurrentCalls().orElse(threads);
                assertThat(own).isLessThanOrEqualTo(limit);
                if (2 * run.limits.size() <= threads) {
                    assertThat(own).as(task).isGreaterThanOrEqualTo(Math.min(calls, Math.min(each, limit)));
                }
                // None waits while a seat is free for it.
                Share share = free.of(task);
                assertThat(own == calls || share.calls() == share.ahead()).isTrue();
            });
            ahead += all < run.running.size() ? 1 : 0;
        }
        assertThat(ahead).as("histories that end with calls that wait").isGreaterThan(100);
    }

    /** The calls of an instance. */
    private static final class Run {

        /** Each call takes 8 ms, and a pick 2 ms. */
        static final long NOW = 8 * MILLI;

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
            seats.take(free, chosen, 0, 0);
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
                        .isEqualTo(after.tasks().get(task).calls() == 0);
                assertThat(waiting == 0 || exhausted.contains(task)).isTrue();
                if (2 * limits.size() <= threads) {
                    int own = Math.min(Math.min(kept, limit), before.get(task) + backlog.get(task));
                    assertThat(running(task)).isGreaterThanOrEqualTo(own);
                }
                backlog.put(task, waiting);
            }
        }

        /** Picks from an endless backlog of each task. */
        void pickAhead() {
            List<CallRow> due = new ArrayList<>();
            limits.keySet().forEach(task -> IntStream.range(0, 50).forEach(i -> due.add(call(task, ids++))));
            java.util.Collections.shuffle(due, random);
            Seats.Free free = seats.free(NOW);
            List<CallRow> chosen = free.choose(due, CallRow::task);
            seats.take(free, chosen, 0, 2 * MILLI);
            running.addAll(chosen);
        }

        void end() {
            List<CallRow> ended =
                    running.stream().filter(call -> random.nextInt(3) == 0).toList();
            // Those that wait are put back.
            ended.forEach(call -> isSeated(seats, call));
            ended.forEach(call -> seats.release(call, NOW));
            ended.forEach(running::remove);
        }
    }
}
