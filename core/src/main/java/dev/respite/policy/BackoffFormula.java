package dev.respite.policy;

import dev.respite.outcome.Attempt;

/**
 * The named backoffs: a formula, its cap and its jitter.
 *
 * <p>For retry n = 1, 2, …, before cap and jitter: immediate 0; fixed b; linear b + (n − 1)·increment; exponential
 * b·multiplier^(n − 1); fibonacci b·F(n) with F = 1, 2, 3, 5, …. The first of them stand in a table. All arithmetic
 * saturates, so that no number of attempts brings a delay back below its floor.
 *
 * <p>Decorrelated is the formula of the AWS Architecture Blog, "Exponential Backoff And Jitter", but for its cap:
 * published, {@code min(cap, U(base, 3·previous))}; here, {@code U(base, min(cap, 3·previous))}. The published one sends
 * 22 % of all draws to the cap itself, where clients march in step.
 */
final class BackoffFormula implements Backoff {

    private static final int TABLE = 64;

    /** No delay at all. */
    static final BackoffFormula IMMEDIATE =
            new BackoffFormula(new BackoffSettings(BackoffKind.IMMEDIATE, 0, 1, 0, 0, Jitter.none()));

    private final BackoffSettings settings;
    private final boolean decorrelated;
    private final long cap;
    private final long[] table;

    /** The jitter's windows over the table, for a draw by one multiplication. */
    private final double[] bottoms = new double[TABLE];

    private final double[] widths = new double[TABLE];

    BackoffFormula(BackoffSettings settings) {
        this.settings = settings;
        this.table = new long[TABLE];
        this.cap = settings.cap();
        this.decorrelated = settings.kind() == BackoffKind.DECORRELATED;
        for (int i = 0; i < TABLE; i++) {
            table[i] = formula(i + 1);
            bottoms[i] = settings.jitter().least(table[i], settings.cap());
            widths[i] = settings.jitter().greatest(table[i], settings.cap()) - bottoms[i];
        }
    }

    @Override
    public long delayNanos(Attempt failed, double roll) {
        if (decorrelated) {
            long base = settings.base();
            long top = decorrelatedTop(Math.max(base, failed.lastBackoffNanos()));
            return base + (long) (roll * (top - base));
        }
        int n = failed.number();
        return n <= TABLE
                ? Math.min(cap, (long) (bottoms[n - 1] + roll * widths[n - 1]))
                : settings.jitter().apply(formula(n), cap, roll);
    }

    /** The delay of retry n, after the cap and before the jitter; the window's top for decorrelated. */
    long capped(int n) {
        return n <= TABLE ? table[n - 1] : formula(n);
    }

    BackoffSettings settings() {
        return settings;
    }

    /** The top of decorrelated's window after the given delay. */
    long decorrelatedTop(long previous) {
        return previous > settings.cap() / 3 ? settings.cap() : previous * 3;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BackoffFormula schedule && schedule.settings.equals(settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    private long formula(int n) {
        long base = settings.base();
        return switch (settings.kind()) {
            case IMMEDIATE -> 0;
            case FIXED -> base;
            case LINEAR -> linear(n);
            case EXPONENTIAL -> base == 0 ? 0 : atMostCap(base * StrictMath.pow(settings.multiplier(), n - 1));
            case FIBONACCI -> fibonacci(n);
            case DECORRELATED -> n == 1 ? decorrelatedTop(base) : decorrelatedTop(table[Math.min(n, TABLE) - 2]);
        };
    }

    private long linear(int n) {
        long increment = settings.increment();
        boolean below = increment == 0 || n - 1 <= (settings.cap() - settings.base()) / increment;
        return below ? settings.base() + (n - 1) * increment : settings.cap();
    }

    private long fibonacci(int n) {
        long previous = settings.base();
        long delay = settings.base();
        for (int i = 1; i < n && delay < settings.cap() && delay > 0; i++) {
            long next = Numbers.saturatedAdd(previous, delay);
            previous = delay;
            delay = Math.min(next, settings.cap());
        }
        return delay;
    }

    private long atMostCap(double delay) {
        return delay < settings.cap() ? (long) delay : settings.cap();
    }
}
