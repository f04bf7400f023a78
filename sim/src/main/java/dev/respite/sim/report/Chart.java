package dev.respite.sim.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A line chart, one line for each policy. Lines differ by colour, by dashes and by the shape of their marks; a solid one is drawn
 * first, so that it does not hide the others.
 *
 * @param id what its file is called
 * @param title what it shows
 * @param about one sentence for readers who do not see it
 * @param x what goes to the right
 * @param y what goes up
 * @param lines the lines
 */
record Chart(String id, String title, String about, Across x, Up y, List<Line> lines) implements ReportFigure {

    /**
     * What goes to the right.
     *
     * @param name its name, with its unit
     * @param log whether equal factors are equal distances
     * @param bin how wide the bins are that the numbers of lines begin at; 0 if each is a point
     * @param spans what to shade
     */
    record Across(String name, boolean log, double bin, List<Span> spans) {
        static Across of(String name) {
            return new Across(name, false, 0, List.of());
        }
    }

    /**
     * What goes up.
     *
     * @param name its name, with its unit
     * @param log whether equal factors are equal distances, from a hundred downwards
     * @param limit a number to draw a line at
     */
    record Up(String name, boolean log, Optional<Limit> limit) {
        static Up of(String name) {
            return new Up(name, false, Optional.empty());
        }
    }

    record Limit(double value, String label) {}

    record Span(double from, double to, String label) {}

    /**
     * The numbers of a line; which one it is among the policies decides how it looks.
     *
     * @param low the lower edge of the band around the line, and {@code high} the upper; empty if there is none
     */
    record Line(String name, List<Double> xs, List<Double> ys, List<Double> low, List<Double> high) {

        Line(String name, List<Double> xs, List<Double> ys) {
            this(name, xs, ys, List.of(), List.of());
        }

        static Line none(String name) {
            return new Line(name, List.of(), List.of());
        }
    }

    @Override
    public List<String> key() {
        return lines.stream()
                .map(line -> line.name() + (line.xs().isEmpty() ? " (no line)" : ""))
                .toList();
    }

    @Override
    public List<String> extraKey() {
        return y.limit().map(Limit::label).stream().toList();
    }

    @Override
    public List<String> notes() {
        if (!x.log()) {
            return Coincidence.notes(lines, up(Format.WIDE.plotHeight(), 0));
        }
        // Curves of a distribution have their heights in common.
        List<Line> turned = lines.stream()
                .map(line -> new Line(line.name(), line.ys(), line.xs()))
                .toList();
        return Coincidence.notes(turned, new Axis(from(), to(), 0, Format.WIDE.width(), true));
    }

    @Override
    public double draw(Svg svg, Format format) {
        List<Double> marks = up(0, 0).marks(5);
        String longest =
                marks.stream().map(this::label).reduce("", (one, other) -> one.length() < other.length() ? other : one);
        Frame frame = new Frame(format, x, from(), to(), longest);
        double top = frame.top();
        double bottom = top + format.plotHeight();
        Axis up = up(bottom, top);
        frame.drawTop(svg, y.name());
        frame.shade(svg, top, bottom);
        for (double mark : marks) {
            svg.line("grid", frame.left(), up.pixel(mark), frame.right(), up.pixel(mark));
            svg.text("mark end", frame.left() - 6, up.pixel(mark) + 4, label(mark));
        }
        y.limit()
                .ifPresent(limit -> svg.line(
                        "limit", frame.left(), up.pixel(limit.value()), frame.right(), up.pixel(limit.value())));
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).low().isEmpty()) {
                svg.path("band s" + i, band(lines.get(i), frame.x(), up));
            }
        }
        for (int i : drawingOrder()) {
            Path path = path(lines.get(i), lines.get(i).ys(), frame.x(), up);
            svg.path("line s" + i, path.data());
            path.marks(i, lines.size(), format == Format.WIDE ? 9 : 5)
                    .forEach(point ->
                            svg.path("dot " + Marker.type(point.shape()) + " s" + point.shape(), point.data()));
        }
        return frame.drawBottom(svg, bottom);
    }

    /** Solid lines first. */
    private List<Integer> drawingOrder() {
        return Stream.concat(
                        IntStream.range(0, lines.size())
                                .filter(ReportStyle::isSolid)
                                .boxed(),
                        IntStream.range(0, lines.size())
                                .filter(line -> !ReportStyle.isSolid(line))
                                .boxed())
                .toList();
    }

    private String label(double mark) {
        return Axis.label(mark) + (y.log() ? " %" : "");
    }

    private double from() {
        return x.log()
                ? numbers(Line::xs)
                        .filter(number -> number > 0)
                        .min(Double::compare)
                        .orElse(1.0)
                : 0;
    }

    private double to() {
        double most = numbers(Line::xs).max(Double::compare).orElse(1.0) + x.bin();
        return x.log() ? Math.max(most, from() * 10) : Math.max(most, x.bin() > 0 ? x.bin() : 1);
    }

    private Stream<Double> numbers(Function<Line, List<Double>> column) {
        return lines.stream().flatMap(line -> column.apply(line).stream());
    }

    private Axis up(double bottom, double top) {
        if (y.log()) {
            double least = numbers(Line::ys).min(Double::compare).orElse(1.0);
            double from = 10;
            while (from > least * 1.0001) {
                from /= 10;
            }
            return new Axis(from, 100, bottom, top, true);
        }
        double most = Stream.concat(numbers(Line::ys), numbers(Line::high))
                .max(Double::compare)
                .orElse(1.0);
        double limit = y.limit().map(Limit::value).orElse(0.0) * 1.05;
        return new Axis(0, Axis.roundUp(Math.max(1, Math.max(most, limit))), bottom, top, false);
    }

    private Path path(Line line, List<Double> ys, Axis across, Axis up) {
        Path path = new Path();
        for (int at = 0; at < line.xs().size(); at++) {
            path.add(across.pixel(line.xs().get(at) + x.bin() / 2), up.pixel(ys.get(at)));
        }
        return path;
    }

    private String band(Line line, Axis across, Axis up) {
        return path(line, line.high(), across, up).data()
                + path(line, line.low(), across, up).reversed().data().replaceFirst("M", "L") + "Z";
    }

    /** A row for each number to the right; or, for curves of a distribution, for each number upwards. */
    @Override
    public Table numbers() {
        return x.log() ? byHeight() : byPlace();
    }

    private Table byPlace() {
        List<String> head = new ArrayList<>(List.of(x.name()));
        for (Line line : lines) {
            head.add(line.name());
            if (!line.low().isEmpty()) {
                head.add(line.name() + " lowest");
                head.add(line.name() + " highest");
            }
        }
        List<Double> xs = lines.stream()
                .map(Line::xs)
                .filter(numbers -> !numbers.isEmpty())
                .findFirst()
                .orElse(List.of());
        List<List<String>> rows = new ArrayList<>();
        for (int at = 0; at < xs.size(); at++) {
            List<String> row = new ArrayList<>(List.of(Tables.number(xs.get(at))));
            for (Line line : lines) {
                row.add(line.ys().isEmpty() ? "" : Tables.number(line.ys().get(at)));
                if (!line.low().isEmpty()) {
                    row.add(Tables.number(line.low().get(at)));
                    row.add(Tables.number(line.high().get(at)));
                }
            }
            rows.add(row);
        }
        return new Table(head, rows);
    }

    private Table byHeight() {
        List<String> head = new ArrayList<>(List.of(y.name()));
        lines.forEach(line -> head.add(line.name() + ", " + x.name()));
        List<List<String>> rows = new ArrayList<>();
        for (double height : new TreeSet<>(numbers(Line::ys).toList()).descendingSet()) {
            List<String> row = new ArrayList<>(List.of(Tables.number(height)));
            for (Line line : lines) {
                int at = line.ys().indexOf(height);
                row.add(at < 0 ? "" : Tables.number(line.xs().get(at)));
            }
            rows.add(row);
        }
        return new Table(head, rows);
    }
}
