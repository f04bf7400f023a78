package dev.respite.sim.report;

import dev.respite.sim.report.Chart.Across;
import dev.respite.sim.report.Chart.Span;
import java.util.ArrayList;
import java.util.List;

/**
 * What lies around the plot of a figure. All words are there and none in the plot, so that none covers a line: the name of what
 * goes up is above it, below that the names of the faults, each over its time.
 */
final class Frame {

    private static final double LINE = 16;
    private static final double GAP = 6;
    private static final double RIGHT = 16;
    private static final double WIDTH_OF_A_MARK = 45;

    private final Format format;
    private final Across across;
    private final double left;
    private final Axis x;
    private final List<Label> labels;
    private final int lanes;

    /** The name of a fault, and the lane that it is in, from 0. */
    private record Label(String text, double from, double to, int lane) {}

    /**
     * A frame.
     *
     * @param from where what goes to the right begins
     * @param to where it ends
     * @param marks the longest text to the left of the plot
     */
    Frame(Format format, Across across, double from, double to, String marks) {
        this.format = format;
        this.across = across;
        this.left = Svg.width(marks) + 12;
        this.x = new Axis(from, to, left, format.width() - RIGHT, across.log());
        this.labels = place(across.spans());
        this.lanes = labels.stream().mapToInt(label -> label.lane() + 1).max().orElse(0);
    }

    /** Each label over the middle of its time, in the first lane that is free there. */
    private List<Label> place(List<Span> spans) {
        List<Label> placed = new ArrayList<>();
        for (Span span : spans) {
            double width = Svg.width(span.label());
            double middle = (x.pixel(span.from()) + x.pixel(span.to())) / 2;
            double from = Math.max(left, Math.min(middle - width / 2, format.width() - 2 - width));
            int lane = 0;
            while (isTaken(placed, lane, from, from + width)) {
                lane++;
            }
            placed.add(new Label(span.label(), from, from + width, lane));
        }
        return placed;
    }

    private static boolean isTaken(List<Label> placed, int lane, double from, double to) {
        return placed.stream()
                .anyMatch(label -> label.lane() == lane && label.from() < to + GAP && from < label.to() + GAP);
    }

    Axis x() {
        return x;
    }

    double left() {
        return left;
    }

    double right() {
        return format.width() - RIGHT;
    }

    /** Where the plot begins. */
    double top() {
        return LINE * (lanes + 1) + 8;
    }

    /** Draws the name of what goes up, and the names of the faults. */
    void drawTop(Svg svg, String name) {
        svg.text("mark", 2, LINE - 3, name);
        for (Label label : labels) {
            svg.text("note", label.from(), LINE * (label.lane() + 2) - 1, label.text());
        }
    }

    /** Shades the times of the faults. */
    void shade(Svg svg, double top, double bottom) {
        for (Span span : across.spans()) {
            double from = x.pixel(span.from());
            svg.rect("fault", from, top, Math.max(2, x.pixel(span.to()) - from), bottom - top);
        }
    }

    /** Draws the marks below the plot and the name of what goes to the right; returns where that ends. */
    double drawBottom(Svg svg, double bottom) {
        double free = 0;
        for (double mark : x.marks((int) ((right() - left) / WIDTH_OF_A_MARK))) {
            double middle = x.pixel(mark);
            double half = Svg.width(Axis.label(mark)) / 2;
            svg.line("tick", middle, bottom, middle, bottom + 4);
            if (middle - half >= free && middle + half <= format.width()) {
                svg.text("mark middle", middle, bottom + 17, Axis.label(mark));
                free = middle + half + GAP;
            }
        }
        svg.line("axis", left, bottom, right(), bottom);
        double room = format.width() - Svg.width(across.name()) / 2;
        svg.text("mark middle", Math.min((left + right()) / 2, room), bottom + 17 + LINE, across.name());
        return bottom + 17 + LINE + 6;
    }
}
