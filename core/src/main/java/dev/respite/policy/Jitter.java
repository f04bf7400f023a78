package dev.respite.policy;

import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.util.List;

/**
 * The random spread of a delay, so that clients that failed together do not retry together.
 *
 * <p>A jitter turns a delay {@code d} into a window and draws uniformly from it:
 *
 * <table>
 * <caption>The kinds of jitter</caption>
 * <tr><th>kind</th><th>window</th><th>source</th></tr>
 * <tr><td>{@code none}</td><td>[d, d]</td><td></td></tr>
 * <tr><td>{@code full}</td><td>[0, d]</td><td>AWS Architecture Blog, "Exponential Backoff And Jitter"</td></tr>
 * <tr><td>{@code equal}</td><td>[d/2, d]</td><td>the same</td></tr>
 * <tr><td>{@code additive}</td><td>[d, 2d]</td><td>the course</td></tr>
 * <tr><td>{@code proportional:p}</td><td>[d(1 − p), d(1 + p)]</td><td>gRPC A6 (p = 0.2)</td></tr>
 * </table>
 *
 * <p>A window whose top would exceed the cap is scaled until its top is the cap. It is never clamped: clamping would send all
 * the draws above the cap to one and the same delay, and the clients would march in step again.
 */
public final class Jitter {

    private static final String PROPORTIONAL = "proportional:";

    private static final Jitter NONE = new Jitter("none", 1, 1);
    private static final Jitter FULL = new Jitter("full", 0, 1);
    private static final Jitter EQUAL = new Jitter("equal", 0.5, 1);
    private static final Jitter ADDITIVE = new Jitter("additive", 1, 2);

    private final String text;
    private final double bottom;
    private final double top;

    private Jitter(String text, double bottom, double top) {
        this.text = text;
        this.bottom = bottom;
        this.top = top;
    }

    /** {@return no spread} */
    public static Jitter none() {
        return NONE;
    }

    /** {@return a spread from nothing to the whole delay: the default} */
    public static Jitter full() {
        return FULL;
    }

    /** {@return a spread from half the delay to the whole} */
    public static Jitter equal() {
        return EQUAL;
    }

    /** {@return a spread from the whole delay to twice as much} */
    public static Jitter additive() {
        return ADDITIVE;
    }

    /**
     * {@return a spread by a fraction of the delay to either side}
     *
     * @param fraction the fraction of the delay, above 0 and at most 1; six decimals are kept
     * @throws IllegalArgumentException if the fraction is out of range
     */
    public static Jitter proportional(double fraction) {
        double rounded = Numbers.rounded(fraction);
        if (!(rounded > 0 && rounded <= 1)) {
            throw new IllegalArgumentException(
                    "proportional jitter " + rounded + ": the fraction is above 0 and at most 1");
        }
        return new Jitter(PROPORTIONAL + ValueFormat.format(rounded), 1 - rounded, 1 + rounded);
    }

    static Jitter parse(String key, String text) {
        for (Jitter plain : List.of(NONE, FULL, EQUAL, ADDITIVE)) {
            if (plain.text.equals(text)) {
                return plain;
            }
        }
        if (!text.startsWith(PROPORTIONAL)) {
            List<String> known = List.of("none", "full", "equal", "additive", "proportional:0.2");
            throw InvalidPolicyException.of(key, text, "unknown jitter" + Spelling.suggestion(text, known));
        }
        double rounded = Numbers.rounded(InvalidPolicyException.ofWhole(
                key, text, () -> Numbers.decimal(key, text.substring(PROPORTIONAL.length()))));
        if (!(rounded > 0 && rounded <= 1)) {
            throw InvalidPolicyException.of(key, text, "the part is above 0 and at most 1, such as proportional:0.2");
        }
        return proportional(rounded);
    }

    /** Draws a delay: see the class comment. Ranges are the caller's to keep: 0 ≤ delay ≤ cap, 0 ≤ roll < 1. */
    long apply(long delay, long cap, double roll) {
        double low = least(delay, cap);
        return Math.min(cap, (long) (low + roll * (greatest(delay, cap) - low)));
    }

    /** The bottom of the window. */
    double least(long delay, long cap) {
        double high = top * delay;
        return high > cap ? bottom * delay * (cap / high) : bottom * delay;
    }

    /** The top of the window. */
    double greatest(long delay, long cap) {
        return Math.min((double) cap, top * delay);
    }

    /** Returns whether the jitter spreads nothing. */
    boolean isNone() {
        return top == bottom;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Jitter jitter && jitter.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** {@return the value of the key {@code jitter} in the policy's text form} */
    @Override
    public String toString() {
        return text;
    }
}
