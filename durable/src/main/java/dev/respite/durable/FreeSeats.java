package dev.respite.durable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The free seats of an instance at one moment.
 *
 * @param general seats for calls of any task
 * @param kept seats for calls of tasks that run few calls
 * @param tasks the seats that each task may take, by its name
 */
record FreeSeats(int general, int kept, SortedMap<String, Share> tasks) {

    /**
     * The seats that a task may take.
     *
     * @param seats the greatest number of calls
     * @param kept how many of them may take kept seats
     */
    record Share(int seats, int kept) {}

    Share shareOf(String task) {
        return Objects.requireNonNull(tasks.get(task), task);
    }

    boolean isNone() {
        return tasks.values().stream().allMatch(share -> share.seats == 0);
    }

    /** Returns whether one of the tasks may take a seat. */
    boolean isAnyFree(Set<String> names) {
        return names.stream().anyMatch(name -> shareOf(name).seats > 0);
    }

    /** A call, and the round of the general seats in which it takes one; 0 for a kept seat. */
    private record Turn<C>(C call, int round) {}

    /**
     * Chooses calls. Those in kept seats come first. The general seats go round the tasks: to one call of each, then to another of each,
     * and within a round to the oldest first. {@link PickStatements} has the same rule for PostgreSQL.
     *
     * @param oldestFirst due calls
     * @param task returns the name of the task of a call
     */
    <C> List<C> choose(List<C> oldestFirst, Function<C, String> task) {
        Map<String, Integer> ranks = new HashMap<>();
        List<Turn<C>> turns = new ArrayList<>();
        for (C call : oldestFirst) {
            String name = task.apply(call);
            Share share = shareOf(name);
            int rank = ranks.merge(name, 1, Integer::sum);
            if (rank <= share.seats) {
                turns.add(new Turn<>(call, Math.max(0, rank - share.kept)));
            }
        }
        long inKept = turns.stream().filter(turn -> turn.round == 0).count();
        return turns.stream()
                .sorted(Comparator.comparingInt(Turn::round))
                .limit(general + Math.min(inKept, kept))
                .map(Turn::call)
                .toList();
    }

    /**
     * Returns the tasks that have no free seat after calls were chosen: they may have more calls that are due.
     *
     * @param chosen the number of chosen calls of each task that has any
     */
    Set<String> exhausted(Map<String, Integer> chosen) {
        int inKept = 0;
        int all = 0;
        for (Map.Entry<String, Integer> each : chosen.entrySet()) {
            inKept += Math.min(each.getValue(), shareOf(each.getKey()).kept);
            all += each.getValue();
        }
        int keptLeft = kept - Math.min(inKept, kept);
        boolean isGeneralLeft = general + kept - all > keptLeft;
        return tasks.entrySet().stream()
                .filter(task -> {
                    int taken = chosen.getOrDefault(task.getKey(), 0);
                    Share share = task.getValue();
                    boolean isKeptLeft = keptLeft > 0 && share.kept > taken;
                    return taken >= share.seats || !(isGeneralLeft || isKeptLeft);
                })
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
