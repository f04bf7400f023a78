package dev.respite.sim.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * From numbers to pixels, with marks at round numbers.
 *
 * @param from the number at the beginning
 * @param to the number at the end
 * @param start the pixel at the beginning
 * @param end the pixel at the end
 * @param log whether equal factors are equal distances
 */
record Axis(double from, double to, double start, double end, boolean log) {

    private static final double[] FACTORS = {1, 2, 5};

    double pixel(double value) {
        double part = log
                ? StrictMath.log(Math.max(value, from) / from) / StrictMath.log(to / from)
                : (value - from) / (to - from);
        return start + part * (end - start);
    }

    /** Round numbers, about as many as requested: 1, 2 or 5 times a power of ten apart, or powers of ten. */
    List<Double> marks(int about) {
        if (log) {
            List<Double> fine = powers(FACTORS);
            return fine.size() <= Math.max(about, 4) ? fine : powers(new double[] {1});
        }
        List<Double> marks = new ArrayList<>();
        double step = step((to - from) / Math.max(1, about));
        for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to * (1 + 1e-9); i++) {
            marks.add(i * step);
        }
        return marks;
    }

    private List<Double> powers(double[] factors) {
        List<Double> marks = new ArrayList<>();
        for (double power = powerOfTen(from); power <= to * 1.0001; power *= 10) {
            for (double factor : factors) {
                double mark = factor * power;
                if (mark >= from * 0.9999 && mark <= to * 1.0001) {
                    marks.add(mark);
                }
            }
        }
        return marks;
    }

    /** The next round number, upwards. */
    static double roundUp(double value) {
        double step = step(value / 5);
        return Math.ceil(value / step - 1e-9) * step;
    }

    private static double step(double atLeast) {
        double power = powerOfTen(atLeast);
        for (double factor : FACTORS) {
            if (factor * power >= atLeast * 0.9999) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static double powerOfTen(double atMost) {
        return StrictMath.pow(10, Math.floor(StrictMath.log10(atMost) + 1e-9));
    }

    static String label(double value) {
        if (value >= 10_000) {
            return String.format(Locale.ROOT, "%,d", Math.round(value));
        }
        double rounded = Math.round(value * 1_000) / 1_000.0;
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }
}
