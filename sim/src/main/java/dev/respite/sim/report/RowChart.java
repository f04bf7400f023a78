package dev.respite.sim.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A chart over time in SVG, with one row for each policy and a common scale. Rows do not hide each other, so nothing is
 * distinguished by color alone.
 */
record RowChart(Quantity quantity, Time time, Scale scale, List<Row> rows) {

    static final int WIDE = 760;
    static final int NARROW = 390;

    private static final int LEFT = 8;
    private static final int RIGHT = 12;
    private static final int TOP = 50;
    private static final int PLOT = 72;
    private static final int ROW = PLOT + 26;
    private static final int BOTTOM = 38;

    /** The pixels that a label of the time axis needs. */
    private static final int TICK = 55;

    private static final double[] ROUND = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};

    private static final double[] ROUND_TICKS = {1, 2, 5, 10};

    /** A limit that is further above the values is not drawn: it would flatten the rows. */
    private static final double MAX_LIMIT_RATIO = 2;

    private static final String STYLE = """
            :root { color-scheme: light dark; --ground: #fff; --ink: #1f2328; --soft: #59636e; --rule: #d5dae0; --fault: #f6dccb; --area: #0063a6; }
            @media (prefers-color-scheme: dark) { :root { --ground: #15181d; --ink: #e8eaed; --soft: #a4adb8; --rule: #3a424c; --fault: #4a2f20; --area: #62b8f0; } }
            @media (forced-colors: active) { :root { --ground: Canvas; --ink: CanvasText; --soft: CanvasText; --rule: GrayText; --fault: GrayText; --area: CanvasText; } }
            .chart { font: 12px system-ui, sans-serif; } .chart text { fill: var(--ink); } .chart .soft { fill: var(--soft); }
            .chart .ground { fill: var(--ground); } .chart .fault { fill: var(--fault); } .chart .title { font-weight: 600; }
            .chart .rule { stroke: var(--rule); } .chart .limit { stroke: var(--ink); stroke-dasharray: 3 3; }
            .chart .area { fill: var(--area); fill-opacity: .3; stroke: var(--area); stroke-width: 1.5; stroke-linejoin: round; }
            """;

    /** The values of one policy, one for each bin. */
    record Row(String name, List<Double> values) {
        double max() {
            return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        }
    }

    /** A quantity: the name of its file without suffix, its title, and its unit with a leading space or slash. */
    record Quantity(String id, String title, String unit) {}

    /** A time axis: the seconds from one value to the next, and the faults. */
    record Time(double binSeconds, List<Span> spans) {}

    /** The time of a fault, in seconds. */
    record Span(double from, double to, String name) {}

    /** The scale of a row: the value at its upper edge, where greater values are cut, and a limit that is drawn as a dashed line. */
    record Scale(double top, Optional<Limit> limit) {

        /** Returns the scale that shows all values, and the limit unless it would flatten the rows. */
        static Scale of(List<Row> rows, Optional<Limit> limit) {
            double max = rows.stream().mapToDouble(Row::max).max().orElse(0);
            Optional<Limit> near = limit.filter(line -> line.value() <= MAX_LIMIT_RATIO * max);
            return new Scale(roundUp(Math.max(max, near.map(Limit::value).orElse(0.0))), near);
        }

        /** Returns the scale that shows the median of the rows as a whole: one high wave does not flatten the others. */
        static Scale ofMedian(List<Row> rows) {
            double[] peaks = rows.stream().mapToDouble(Row::max).sorted().toArray();
            return new Scale(roundUp(peaks[peaks.length / 2]), Optional.empty());
        }
    }

    /** A value of the scale, and its name. */
    record Limit(double value, String name) {}

    private double seconds() {
        return time.binSeconds()
                * rows.stream().mapToInt(row -> row.values().size()).max().orElse(1);
    }

    /** Returns the document. */
    String svg(int width) {
        String id = quantity.id();
        String title = escape(quantity.title());
        int height = TOP + rows.size() * ROW + BOTTOM;
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" viewBox=\"0 0 %d %d\""
                        + " aria-labelledby=\"%s-t %s-d\">",
                width,
                height,
                id,
                id);
        add(svg, "<title id=\"%s-t\">%s</title>", id, title);
        add(svg, "<desc id=\"%s-d\">%s</desc>", id, escape(description()));
        add(svg, "<style>%n%s</style>".replace("%n", "\n"), STYLE);
        add(svg, "<rect class=\"ground\" width=\"%d\" height=\"%d\"/>", width, height);
        add(svg, "<text class=\"title\" x=\"%d\" y=\"18\">%s</text>", LEFT, title);
        String range = "Each row goes from 0 to " + number(scale.top()) + quantity.unit()
                + scale.limit().map(line -> "; dashed: " + line.name()).orElse("") + ".";
        add(svg, "<text class=\"soft\" x=\"%d\" y=\"36\">%s</text>", LEFT, escape(range));
        for (int i = 0; i < rows.size(); i++) {
            drawRow(svg, rows.get(i), width, TOP + i * ROW);
        }
        drawTicks(svg, width, TOP + rows.size() * ROW);
        return svg.append("</svg>\n").toString();
    }

    /** Returns the faults and the greatest value of each row, for readers who do not see the picture. */
    private String description() {
        StringBuilder text = new StringBuilder();
        time.spans()
                .forEach(span -> text.append(String.format(
                        Locale.ROOT, "%s from %s to %s s. ", span.name(), number(span.from()), number(span.to()))));
        rows.forEach(row ->
                text.append(row.name()).append(": at most ").append(peak(row)).append(". "));
        return text.toString().strip();
    }

    private String peak(Row row) {
        return number(row.max()) + quantity.unit();
    }

    private void drawRow(StringBuilder svg, Row row, int width, int y) {
        int base = y + ROW - 6;
        double plot = width - LEFT - RIGHT;
        for (Span span : time.spans()) {
            double from = LEFT + plot * span.from() / seconds();
            double to = LEFT + plot * Math.min(1, span.to() / seconds());
            add(
                    svg,
                    "<rect class=\"fault\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>",
                    from,
                    base - PLOT,
                    to - from,
                    PLOT,
                    escape(span.name()));
        }
        add(svg, "<text x=\"%d\" y=\"%d\">%s</text>", LEFT, base - PLOT - 6, escape(row.name()));
        add(
                svg,
                "<text class=\"soft\" x=\"%d\" y=\"%d\" text-anchor=\"end\">at most %s</text>",
                width - RIGHT,
                base - PLOT - 6,
                escape(peak(row)));
        add(svg, "<path class=\"area\" d=\"%s\"/>", path(row, plot, base));
        scale.limit().ifPresent(line -> {
            double level = base - PLOT * line.value() / scale.top();
            add(
                    svg,
                    "<line class=\"limit\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    LEFT,
                    width - RIGHT,
                    level,
                    level);
        });
        add(svg, "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", LEFT, width - RIGHT, base, base);
    }

    private String path(Row row, double plot, int base) {
        StringBuilder path = new StringBuilder();
        add(path, "M%d %d", LEFT, base);
        double last = Double.NaN;
        for (int bin = 0; bin < row.values().size(); bin++) {
            double y = base - PLOT * Math.min(1, row.values().get(bin) / scale.top());
            if (y != last) {
                add(path, "H%.1fV%.1f", LEFT + plot * bin * time.binSeconds() / seconds(), y);
                last = y;
            }
        }
        add(path, "H%.1fV%dZ", LEFT + plot * row.values().size() * time.binSeconds() / seconds(), base);
        return path.toString().replace("\n", "").replace(".0", "");
    }

    private void drawTicks(StringBuilder svg, int width, int y) {
        double plot = width - LEFT - RIGHT;
        double step = roundUp(seconds() * TICK / plot, ROUND_TICKS);
        for (int tick = 0; tick * step <= seconds(); tick++) {
            double x = LEFT + plot * tick * step / seconds();
            String anchor = tick == 0 ? "start" : x > width - TICK ? "end" : "middle";
            add(
                    svg,
                    "<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s s</text>",
                    x,
                    y + 10,
                    anchor,
                    number(tick * step));
        }
        if (!time.spans().isEmpty()) {
            String names = String.join(
                    ", ", time.spans().stream().map(Span::name).distinct().toList());
            add(svg, "<rect class=\"fault\" x=\"%d\" y=\"%d\" width=\"12\" height=\"12\"/>", LEFT, y + 20);
            add(svg, "<text class=\"soft\" x=\"%d\" y=\"%d\">%s</text>", LEFT + 18, y + 30, escape(names));
        }
    }

    /** Returns the next round number. */
    static double roundUp(double value) {
        return roundUp(value, ROUND);
    }

    private static double roundUp(double value, double... mantissas) {
        if (value <= 0) {
            return 1;
        }
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(value)));
        for (double round : mantissas) {
            if (round * power >= value) {
                return round * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, value < 10 ? "%,.1f" : "%,.0f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
