package dev.respite.sim;

import java.util.function.DoubleSupplier;

/**
 * A stream of uniform numbers: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
 * It is written down here so that a seed means the same on every JDK.
 *
 * <p>Each purpose has a stream of its own, by its name: two policies meet the same arrivals and the same faults.
 */
final class SeededRandom implements DoubleSupplier {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    /**
     * Creates a sequence.
     *
     * @param seed the seed of the run
     * @param purpose the use of the numbers; another purpose gives another sequence
     */
    SeededRandom(long seed, String purpose) {
        long mixed = mix(seed + GOLDEN);
        for (int i = 0; i < purpose.length(); i++) {
            mixed = mix(mixed + purpose.charAt(i) * GOLDEN);
        }
        this.state = mixed;
    }

    /** The next number, uniformly from [0, 1): the upper 53 bits, as many as a double holds. */
    @Override
    public double getAsDouble() {
        state += GOLDEN;
        return (mix(state) >>> 11) * 0x1.0p-53;
    }

    /** Returns whether something happens that has this probability; what cannot happen draws no number. */
    boolean hits(double probability) {
        return probability > 0 && getAsDouble() < probability;
    }

    /** The next number, uniformly from the whole numbers from 0 to one less than the bound. */
    int below(int bound) {
        // The largest double below 1, times the bound, rounds to a number below the bound.
        return (int) (getAsDouble() * bound);
    }

    private static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
