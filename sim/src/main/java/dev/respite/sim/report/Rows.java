package dev.respite.sim.report;

import dev.respite.sim.report.Chart.Across;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A row for each policy, one above the other in one time: for waves, which hide each other as lines, and for the states of
 * breakers.
 *
 * @param id what its file is called
 * @param title what it shows
 * @param about how to read it, for readers who do not see it, too
 * @param x what goes to the right
 * @param y what goes up in each row
 * @param rows the rows
 */
record Rows(String id, String title, String about, Across x, Height y, List<Row> rows) implements ReportFigure {

    private static final double LINE = 16;
    private static final double GAP = 8;

    /**
     * What goes up in each row.
     *
     * @param name its name, with its unit
     * @param most the number at the top
     * @param limit a number to draw a line at
     */
    record Height(String name, double most, Optional<Chart.Limit> limit) {}

    /**
     * A row.
     *
     * @param name whose it is
     * @param remark what is said of it beside its name
     * @param filled the numbers that are drawn as an area
     * @param outlined numbers above those, whose upper edge is drawn; empty if there are none
     */
    record Row(String name, String remark, List<Double> filled, List<Double> outlined) {}

    @Override
    public List<String> key() {
        return List.of();
    }

    @Override
    public List<String> extraKey() {
        return y.limit().map(Chart.Limit::label).stream().toList();
    }

    @Override
    public double draw(Svg svg, Format format) {
        String longest = Axis.label(y.most());
        int bins = rows.stream().mapToInt(row -> row.filled().size()).max().orElse(1);
        Frame frame = new Frame(format, x, 0, bins * x.bin(), longest);
        frame.drawTop(svg, y.name());
        double bottom = frame.top() - GAP;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            double top = drawName(svg, row, frame, bottom + GAP);
            bottom = top + format.rowHeight();
            Axis up = new Axis(0, y.most(), bottom, top, false);
            svg.text("mark end", frame.left() - 6, top + 8, longest);
            frame.shade(svg, top, bottom);
            svg.line("grid", frame.left(), top, frame.right(), top);
            svg.path("area s" + i, steps(row.filled(), frame.x(), up, true));
            if (!row.outlined().isEmpty()) {
                svg.path("outline s" + i, steps(row.outlined(), frame.x(), up, false));
            }
            y.limit()
                    .ifPresent(limit -> svg.line(
                            "limit", frame.left(), up.pixel(limit.value()), frame.right(), up.pixel(limit.value())));
            svg.line("axis", frame.left(), bottom, frame.right(), bottom);
        }
        return frame.drawBottom(svg, bottom);
    }

    /** The name of a row and what is said of it, in one line or in two; returns where they end. */
    private static double drawName(Svg svg, Row row, Frame frame, double top) {
        double width = frame.right() - frame.left();
        boolean fits = Svg.width(row.name()) + Svg.width(row.remark()) + GAP <= width;
        svg.text("note", frame.left(), top + LINE - 4, Svg.shortened(row.name(), width));
        double end = fits ? top + LINE : top + 2 * LINE;
        if (!row.remark().isEmpty()) {
            svg.text("mark end", frame.right(), end - 4, row.remark());
        }
        return end;
    }

    /** Bins as steps, from the floor and back to it. */
    private String steps(List<Double> numbers, Axis across, Axis up, boolean closed) {
        Path path = new Path();
        path.add(across.pixel(0), up.pixel(0));
        for (int bin = 0; bin < numbers.size(); bin++) {
            double height = up.pixel(Math.min(y.most(), numbers.get(bin)));
            path.add(across.pixel(bin * x.bin()), height);
            path.add(across.pixel((bin + 1) * x.bin()), height);
        }
        path.add(across.pixel(numbers.size() * x.bin()), up.pixel(0));
        return path.data() + (closed ? "Z" : "");
    }

    @Override
    public Table numbers() {
        List<String> head = new ArrayList<>(List.of(x.name()));
        for (Row row : rows) {
            head.add(row.name());
            if (!row.outlined().isEmpty()) {
                head.add(row.name() + ", outlined");
            }
        }
        List<List<String>> table = new ArrayList<>();
        int bins = rows.stream().mapToInt(row -> row.filled().size()).max().orElse(0);
        for (int bin = 0; bin < bins; bin++) {
            List<String> cells = new ArrayList<>(List.of(Tables.number(bin * x.bin())));
            for (Row row : rows) {
                cells.add(Tables.number(row.filled().get(bin)));
                if (!row.outlined().isEmpty()) {
                    cells.add(Tables.number(row.outlined().get(bin)));
                }
            }
            table.add(cells);
        }
        return new Table(head, table);
    }
}
