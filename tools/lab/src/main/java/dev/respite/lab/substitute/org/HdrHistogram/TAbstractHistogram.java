package dev.respite.lab.substitute.org.HdrHistogram;

import java.util.Arrays;

/**
 * The part of {@code org.HdrHistogram.AbstractHistogram} that the simulator uses, with the same ranges: up to a power of two, two times
 * ten to the digits or more, each value is a range of its own; above that each power of two is divided into half as many ranges.
 */
public abstract class TAbstractHistogram {

    private final int digits;

    /** The binary logarithm of the number of ranges of a power of two. */
    private final int halfMagnitude;

    /** The counts of the ranges, as far as the highest that has been recorded. */
    private long[] counts = new long[64];

    /** One more than the highest value of the highest power of two that is needed: so much can be recorded, as in the original. */
    private final long limit;

    private long totalCount;

    TAbstractHistogram(long highestTrackableValue, int digits) {
        if (highestTrackableValue < 2) {
            throw new IllegalArgumentException("highestTrackableValue must be >= 2");
        }
        if (digits < 0 || digits > 5) {
            throw new IllegalArgumentException("numberOfSignificantValueDigits must be between 0 and 5");
        }
        this.digits = digits;
        long single = 2;
        for (int digit = 0; digit < digits; digit++) {
            single *= 10;
        }
        this.halfMagnitude = Math.max(64 - Long.numberOfLeadingZeros(single - 1), 1) - 1;
        long ends = 2L << halfMagnitude;
        while (ends <= highestTrackableValue) {
            ends = ends > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : ends << 1;
        }
        this.limit = ends;
    }

    public void recordValue(long value) {
        if (value < 0) {
            throw new ArrayIndexOutOfBoundsException("Histogram recorded value cannot be negative.");
        }
        if (value >= limit) {
            throw new ArrayIndexOutOfBoundsException(
                    "value " + value + " outside of histogram covered range: it must be below " + limit);
        }
        add(index(value), 1);
    }

    public void add(TAbstractHistogram other) {
        if (other.digits != digits || other.limit > limit) {
            throw new ArrayIndexOutOfBoundsException(
                    "The other histogram includes values that do not fit in this histogram's range.");
        }
        for (int index = 0; index < other.counts.length; index++) {
            if (other.counts[index] != 0) {
                add(index, other.counts[index]);
            }
        }
    }

    private void add(int index, long count) {
        if (index >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(index + 1, counts.length * 2));
        }
        counts[index] += count;
        totalCount += count;
    }

    public long getTotalCount() {
        return totalCount;
    }

    /** Returns the highest value of the range that the percentile lies in; its lowest for the percentile 0. */
    public long getValueAtPercentile(double percentile) {
        // One unit in the last place less, so that rounding up does not end in the next range.
        double below = Math.min(Math.max(Math.nextAfter(percentile, Double.NEGATIVE_INFINITY), 0), 100);
        long wanted = Math.max((long) Math.ceil(below * totalCount / 100), 1);
        long seen = 0;
        for (int index = 0; index < counts.length; index++) {
            seen += counts[index];
            if (seen >= wanted) {
                return percentile == 0 ? lowest(index) : lowest(index + 1) - 1;
            }
        }
        return 0;
    }

    /** The range of a value: its power of two, and its upper digits below that. */
    private int index(long value) {
        int single = halfMagnitude + 1;
        int shift = Math.max(64 - Long.numberOfLeadingZeros(value) - single, 0);
        return (shift << halfMagnitude) + (int) (value >>> shift);
    }

    /** The lowest value of a range. */
    private long lowest(int index) {
        int shift = Math.max((index >> halfMagnitude) - 1, 0);
        return (long) (index - (shift << halfMagnitude)) << shift;
    }
}
