package dev.respite.sim.report;

import dev.respite.sim.report.Chart.Line;
import java.util.ArrayList;
import java.util.List;

/** Finds lines that lie on each other, where one may hide another. */
final class Coincidence {

    /** The distance that the eye does not see, in pixels. */
    private static final double NEAR = 2;

    /** The part of their points in which lines must be that near; of those, too, in which one of them is above the floor. */
    private static final double MOST = 0.95;

    private Coincidence() {}

    /** A sentence for each group of lines that lie on each other. */
    static List<String> notes(List<Line> lines, Axis up) {
        List<String> notes = new ArrayList<>();
        List<Line> named = new ArrayList<>();
        for (int first = 0; first < lines.size(); first++) {
            if (named.contains(lines.get(first))) {
                continue;
            }
            List<Line> together = new ArrayList<>(List.of(lines.get(first)));
            for (Line other : lines.subList(first + 1, lines.size())) {
                if (areNear(lines.get(first), other, up)) {
                    together.add(other);
                }
            }
            if (together.size() > 1) {
                named.addAll(together);
                notes.add("The lines of " + names(together) + " lie on each other.");
            }
        }
        return notes;
    }

    private static boolean areNear(Line one, Line other, Axis up) {
        int points = Math.min(one.ys().size(), other.ys().size());
        if (points == 0 || one.ys().size() != other.ys().size() || !one.xs().equals(other.xs())) {
            return false;
        }
        int near = 0;
        int raised = 0;
        int nearAndRaised = 0;
        for (int at = 0; at < points; at++) {
            double first = up.pixel(one.ys().get(at));
            double second = up.pixel(other.ys().get(at));
            boolean isNear = Math.abs(first - second) <= NEAR;
            boolean isRaised = up.start() - Math.min(first, second) > NEAR;
            near += isNear ? 1 : 0;
            raised += isRaised ? 1 : 0;
            nearAndRaised += isNear && isRaised ? 1 : 0;
        }
        return near >= MOST * points && nearAndRaised >= MOST * raised;
    }

    private static String names(List<Line> lines) {
        List<String> names = lines.stream().map(Line::name).toList();
        int last = names.size() - 1;
        return String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }
}
