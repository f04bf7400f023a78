package dev.respite.sim.report;

import java.util.ArrayList;
import java.util.List;

/**
 * What stands below a picture that is a file of its own: what each line is, and which lie on each other.
 *
 * @param names the names of the lines
 * @param limits the names of lines across the plot
 * @param notes sentences
 */
record Legend(List<String> names, List<String> limits, List<String> notes) {

    private static final double LINE = 20;
    private static final double SAMPLE = 42;
    private static final double LEFT = 10;

    /** Draws it from there on; returns where it ends. */
    double draw(Svg svg, Format format, double top) {
        double x = LEFT;
        double y = top + LINE / 2 + 2;
        List<String> all = new ArrayList<>(names);
        all.addAll(limits);
        for (int i = 0; i < all.size(); i++) {
            String name = Svg.shortened(all.get(i), format.width() - 2 * LEFT - SAMPLE);
            double width = SAMPLE + Svg.width(name) + 20;
            if (x > LEFT && x + width > format.width()) {
                x = LEFT;
                y += LINE;
            }
            boolean isLine = i < names.size();
            svg.line(isLine ? "line s" + i : "limit", x, y, x + 34, y);
            if (isLine) {
                svg.path("dot " + Marker.type(i) + " s" + i, Marker.path(i, x + 17, y));
            }
            svg.text("mark", x + SAMPLE, y + 4, name);
            x += width;
        }
        y += all.isEmpty() ? 0 : LINE;
        for (String note : notes) {
            for (String line : Svg.wrapped(note, format.width() - 2 * LEFT)) {
                svg.text("mark", LEFT, y + 4, line);
                y += LINE - 4;
            }
        }
        return y;
    }
}
