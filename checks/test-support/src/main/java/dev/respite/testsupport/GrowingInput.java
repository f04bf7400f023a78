package dev.respite.testsupport;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * An input in sizes of which each is twice the one before, and its parser. What the parser uses grows with the size, and not with its
 * square.
 *
 * @param name the name in messages
 * @param largest the largest size, which is the limit of the parser; the others are a half, a quarter and an eighth
 * @param input makes the input of a size
 * @param parser reads an input; it may reject it by an {@link IllegalArgumentException}
 */
public record GrowingInput<T>(String name, int largest, IntFunction<T> input, Consumer<? super T> parser) {
    private static final double MAX_GROWTH = 2.3;
    private static final int DOUBLINGS = 3;
    private static final long MIN_NANOS = 20_000_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Asserts that an input of twice the size makes the parser allocate at most 2.3 times as much. */
    public void assertAllocationIsLinear() {
        long unused = bytes(smallest());
        long before = bytes(smallest());
        for (int size = 2 * smallest(); size <= largest; size *= 2) {
            long bytes = bytes(size);
            if (bytes > MAX_GROWTH * before) {
                throw new AssertionError(name + ": " + bytes + " bytes for an input of " + size + ", and " + before
                        + " for one of half the size");
            }
            before = bytes;
        }
    }

    /** Asserts that three times twice the size take at most 2.3 times as much processor time each, on average. */
    public void assertTimeIsLinear() throws Exception {
        RealTime.assertOnce(() -> {
            double growth = nanos(largest) / nanos(smallest());
            if (growth > Math.pow(MAX_GROWTH, DOUBLINGS)) {
                throw new AssertionError(name + ": " + growth + " times the time for " + (1 << DOUBLINGS)
                        + " times the size, which is " + largest);
            }
        });
    }

    private int smallest() {
        return largest >> DOUBLINGS;
    }

    private long bytes(int size) {
        T made = input.apply(size);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        read(made);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private double nanos(int size) {
        T made = input.apply(size);
        long start = THREADS.getCurrentThreadCpuTime();
        int runs = 0;
        long nanos = 0;
        while (nanos < MIN_NANOS) {
            read(made);
            runs++;
            nanos = THREADS.getCurrentThreadCpuTime() - start;
        }
        return (double) nanos / runs;
    }

    private void read(T made) {
        try {
            parser.accept(made);
        } catch (IllegalArgumentException rejected) {
            // A rejected input takes no more than another one.
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
