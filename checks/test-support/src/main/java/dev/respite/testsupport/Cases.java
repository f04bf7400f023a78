package dev.respite.testsupport;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Number of cases that a test with the tag "cases" runs. Such a test runs in both tiers: with all cases in {@code -Pslow verify},
 * with a part of them in {@code verify}. The part, in percent, is the system property {@code respite.test.cases}; the build sets it by
 * {@code -Dtest.cases}.
 */
public final class Cases {
    private static final int PERCENT = Integer.getInteger("respite.test.cases", 20);

    private Cases() {}

    /** Returns how many of the given number of cases to run, at least one. */
    public static int of(int all) {
        return (int) Math.max(1, (long) all * PERCENT / 100);
    }

    /** Returns the cases to run, spread evenly over the given ones. */
    public static <T> List<T> of(List<T> all) {
        int size = Math.min(all.size(), of(all.size()));
        return IntStream.range(0, size)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / size)))
                .toList();
    }
}
