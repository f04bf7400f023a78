package dev.respite.lab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The slowest of many times: what fraction of them takes longer than how long, at equal factors of that fraction. */
final class Tail {

    /** Points for each factor of ten. */
    private static final int POINTS = 12;

    private Tail() {}

    /**
     * Returns the curve.
     *
     * @param times in any order
     * @return pairs: a fraction of the times from 1 downwards, and a time that this fraction exceeds or equals; empty if there is no time
     */
    static List<Double> of(List<Double> times) {
        List<Double> sorted = new ArrayList<>(times);
        Collections.sort(sorted);
        List<Double> pairs = new ArrayList<>();
        int count = sorted.size();
        int last = -1;
        for (int point = 0; fraction(point) * count >= 1; point++) {
            double fraction = fraction(point);
            int index = (int) Math.floor(count * (1 - fraction));
            if (index != last) {
                pairs.add(fraction);
                pairs.add(sorted.get(Math.min(index, count - 1)));
                last = index;
            }
        }
        return pairs;
    }

    private static double fraction(int point) {
        return Math.pow(10, -point / (double) POINTS);
    }
}
