package dev.respite.policy;

import java.util.Arrays;

/**
 * The mean delays of the decorrelated backoff, retry by retry.
 *
 * <p>The delays are {@code X(n+1) = U(base, min(cap, 3·X(n)))} with {@code X(0) = base}. Let {@code f(0, x) = x}, and let
 * {@code f(k+1, x)} be the mean of {@code f(k, ·)} over {@code [base, min(cap, 3x)]}. Then the mean of X(n) is {@code f(n,
 * base)}. Each f is kept on a grid, spaced evenly in log x, and linear in between. So the mean is exact as long as the cap is
 * out of reach.
 */
final class DecorrelatedMean {

    private static final int POINTS = 2_000;

    private final double base;
    private final double cap;
    private final double step;
    private final double[] x = new double[POINTS + 1];
    private double[] f;

    DecorrelatedMean(BackoffSettings settings) {
        this.base = Math.max(1.0, (double) settings.base());
        this.cap = Math.max(base, (double) settings.cap());
        this.step = StrictMath.log(cap / base) / POINTS;
        for (int i = 0; i <= POINTS; i++) {
            x[i] = base * StrictMath.exp(step * i);
        }
        this.f = Arrays.copyOf(x, x.length);
    }

    /** Returns the mean of the next delay in nanoseconds, beginning with retry 1. */
    double next() {
        if (step == 0) {
            return base;
        }
        double[] integral = new double[POINTS + 1];
        for (int i = 1; i <= POINTS; i++) {
            integral[i] = integral[i - 1] + (f[i] + f[i - 1]) / 2 * (x[i] - x[i - 1]);
        }
        double[] mean = new double[POINTS + 1];
        for (int i = 0; i <= POINTS; i++) {
            double top = Math.min(cap, 3 * x[i]);
            mean[i] = integralTo(top, integral) / (top - base);
        }
        f = mean;
        return f[0];
    }

    /** The integral of f from base to a point, f being linear between the points of the grid. */
    private double integralTo(double point, double[] integral) {
        int below = Math.min(POINTS - 1, (int) (StrictMath.log(point / base) / step));
        double offset = point - x[below];
        double slope = (f[below + 1] - f[below]) / (x[below + 1] - x[below]);
        return integral[below] + offset * (f[below] + slope * offset / 2);
    }
}
