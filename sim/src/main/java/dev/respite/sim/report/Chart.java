package dev.respite.sim.report;

import java.util.List;
import java.util.Optional;

/**
 * A line chart, one line for each policy.
 *
 * @param id what its file is called
 * @param title what it shows
 * @param about one sentence for readers who do not see it
 * @param x what goes to the right, and the numbers that all lines share
 * @param y what goes up
 * @param lines the lines
 */
record Chart(String id, String title, String about, Scale x, Scale y, List<Line> lines) {

    static final int WIDTH = 760;
    static final int HEIGHT = 300;
    private static final int LEFT = 78;
    private static final int RIGHT = 14;
    private static final int TOP = 14;
    private static final int BOTTOM = 44;

    /**
     * A quantity.
     *
     * @param name its name, with its unit
     * @param log whether equal factors are equal distances
     * @param limit a number to draw a line at, and its label
     * @param spans what to shade
     */
    record Scale(String name, boolean log, Optional<Limit> limit, List<Span> spans) {
        static Scale of(String name) {
            return new Scale(name, false, Optional.empty(), List.of());
        }
    }

    record Limit(double value, String label) {}

    record Span(double from, double to, String label) {}

    /** The numbers of a line; which one it is among the policies decides how it looks. */
    record Line(String name, List<Double> xs, List<Double> ys) {}

    /** As a file of its own it brings its style; in a page, the page has it. */
    String svg(boolean alone) {
        Svg svg = new Svg();
        svg.open(
                "svg",
                "xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" viewBox=\"0 0 " + WIDTH + " "
                        + (HEIGHT + (alone ? legendHeight() : 0)) + "\" aria-labelledby=\"" + id + "-t " + id + "-d\"");
        svg.element("title", "id=\"" + id + "-t\"", title);
        svg.element("desc", "id=\"" + id + "-d\"", about);
        draw(svg, alone);
        svg.close("svg");
        return svg.toString();
    }

    private void draw(Svg svg, boolean alone) {
        if (alone) {
            svg.element("style", "", ReportStyle.charts());
            svg.rect("ground", 0, 0, WIDTH, HEIGHT + legendHeight());
        }
        Axis across = across();
        Axis up = up();
        for (Span span : x.spans()) {
            double from = across.pixel(span.from());
            svg.rect("fault", from, TOP, Math.max(2, across.pixel(span.to()) - from), HEIGHT - TOP - BOTTOM);
            svg.text("note", from + 4, TOP + 12, span.label());
        }
        grid(svg, across, up);
        y.limit().ifPresent(limit -> {
            svg.line("limit", LEFT, up.pixel(limit.value()), WIDTH - RIGHT, up.pixel(limit.value()));
            svg.text("note end", WIDTH - RIGHT - 2, up.pixel(limit.value()) - 5, limit.label());
        });
        for (int i = 0; i < lines.size(); i++) {
            svg.path("line s" + i, data(lines.get(i), across, up));
        }
        if (alone) {
            legend(svg);
        }
    }

    private void grid(Svg svg, Axis across, Axis up) {
        for (double mark : up.marks(5)) {
            svg.line("grid", LEFT, up.pixel(mark), WIDTH - RIGHT, up.pixel(mark));
            svg.text("mark end", LEFT - 6, up.pixel(mark) + 4, Axis.label(mark));
        }
        for (double mark : across.marks(8)) {
            svg.line("tick", across.pixel(mark), HEIGHT - BOTTOM, across.pixel(mark), HEIGHT - BOTTOM + 4);
            svg.text("mark middle", across.pixel(mark), HEIGHT - BOTTOM + 17, Axis.label(mark));
        }
        svg.line("axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
        svg.text("mark middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, x.name());
        svg.open("g", "transform=\"translate(13 " + (TOP + HEIGHT - BOTTOM) / 2 + ") rotate(-90)\"");
        svg.text("mark middle", 0, 0, y.name());
        svg.close("g");
    }

    private Axis across() {
        double most = lines.stream()
                .flatMap(line -> line.xs().stream())
                .mapToDouble(n -> n)
                .max()
                .orElse(1);
        double least = lines.stream()
                .flatMap(line -> line.xs().stream())
                .mapToDouble(n -> n)
                .filter(n -> n > 0)
                .min()
                .orElse(1);
        return x.log()
                ? new Axis(least, Math.max(most, least * 10), LEFT, WIDTH - RIGHT, true)
                : new Axis(0, Math.max(most, 1), LEFT, WIDTH - RIGHT, false);
    }

    private Axis up() {
        double most = lines.stream()
                .flatMap(line -> line.ys().stream())
                .mapToDouble(n -> n)
                .max()
                .orElse(1);
        double limit = y.limit().map(Limit::value).orElse(0.0) * 1.1;
        return new Axis(0, Axis.roundUp(Math.max(1, Math.max(most, limit))), HEIGHT - BOTTOM, TOP, false);
    }

    private static String data(Line line, Axis across, Axis up) {
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < line.xs().size(); i++) {
            data.append(i == 0 ? "M" : "L");
            data.append(Svg.at(across.pixel(line.xs().get(i)))).append(' ');
            data.append(Svg.at(up.pixel(line.ys().get(i))));
        }
        return data.toString();
    }

    private int legendHeight() {
        return 22 * ((lines.size() + 2) / 3) + 6;
    }

    private void legend(Svg svg) {
        for (int i = 0; i < lines.size(); i++) {
            double left = LEFT + (i % 3) * (WIDTH - LEFT - RIGHT) / 3.0;
            double middle = HEIGHT + 11 + 22 * (i / 3);
            svg.line("line s" + i, left, middle, left + 34, middle);
            svg.text("mark", left + 42, middle + 4, lines.get(i).name());
        }
    }
}
