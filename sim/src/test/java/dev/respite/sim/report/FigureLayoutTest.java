package dev.respite.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.Comparison;
import dev.respite.sim.report.Chart.Across;
import dev.respite.sim.report.Chart.Limit;
import dev.respite.sim.report.Chart.Line;
import dev.respite.sim.report.Chart.Span;
import dev.respite.sim.report.Chart.Up;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Scenario;
import dev.respite.testsupport.Cases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the words of figures are: in the picture, and on no data. */
class FigureLayoutTest {

    private static final Pattern TEXT =
            Pattern.compile("<text class=\"([^\"]*)\" x=\"([-.0-9]+)\" y=\"([-.0-9]+)\">([^<]*)</text>");
    private static final Pattern DATA =
            Pattern.compile("<path class=\"(?:line|area|outline|band) [^\"]*\" d=\"([^\"]*)\"");
    private static final Pattern POINT = Pattern.compile("[ML]([-.0-9]+) ([-.0-9]+)");
    private static final Pattern VIEW = Pattern.compile("viewBox=\"0 0 ([0-9]+) ([0-9]+)\"");

    /** A character of the widest usual font of 12 pixels, on average. */
    private static final double CHARACTER = 7;

    private record Box(String words, double left, double top, double right, double bottom) {
        boolean overlaps(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }

        boolean contains(double x, double y) {
            return x > left && x < right && y > top && y < bottom;
        }
    }

    static Stream<ReportFigure> figures() {
        return Stream.concat(
                Stream.of(crowded(), crowdedRows()),
                Cases.of(List.of("thundering-herd", "circuit-breaker", "tail", "independent-failures")).stream()
                        .flatMap(name -> {
                            Scenario scenario = BuiltIn.named(name).scenario();
                            return Charts.of(
                                    scenario,
                                    Comparison.of(
                                                    scenario,
                                                    BuiltIn.named("metastable").policies())
                                            .seeds(1, 2)
                                            .run(() -> {}))
                                    .stream();
                        }));
    }

    /** Faults beside and over each other, data in all corners, and names that are long. */
    private static Chart crowded() {
        List<Double> xs = IntStream.range(0, 100).mapToObj(x -> (double) x).toList();
        List<Double> ys = IntStream.range(0, 100)
                .mapToObj(x -> x % 2 == 0 ? 0.0 : 99_999.0)
                .toList();
        List<Span> spans = List.of(
                new Span(0, 3, "capacity"),
                new Span(2, 5, "fail-fast"),
                new Span(4, 50, "throttle"),
                new Span(97, 100, "capacity"));
        return new Chart(
                "crowded",
                "Crowded",
                "All of it.",
                new Across("seconds", false, 1, spans),
                new Up("requests per second", false, Optional.of(new Limit(50_000, "capacity 50,000/s"))),
                IntStream.range(0, ReportStyle.most())
                        .mapToObj(i -> new Line("policy with a name of some length " + i, xs, ys))
                        .toList());
    }

    private static Rows crowdedRows() {
        List<Double> numbers = crowded().lines().get(0).ys();
        return new Rows(
                "rows",
                "Rows",
                "All of it.",
                crowded().x(),
                new Rows.Height("requests per 100 ms", 100_000, crowded().y().limit()),
                Stream.of("short", "a name that leaves no place", "a name that has no place in a row of a telephone")
                        .map(name -> new Rows.Row(name, "peak 99,999, cut off", numbers, numbers))
                        .toList());
    }

    @Tag("cases")
    @ParameterizedTest
    @MethodSource("figures")
    void words_areInThePicture_apart_andOnNoData(ReportFigure figure) {
        for (String svg : List.of(
                figure.inPage(Format.WIDE),
                figure.inPage(Format.NARROW),
                figure.alone(Format.WIDE),
                figure.alone(Format.NARROW))) {
            MatchResult view = all(VIEW, svg).get(0);
            List<Box> boxes = boxes(svg);
            assertThat(boxes).hasSizeGreaterThan(5);
            for (Box box : boxes) {
                assertThat(box.left()).as("%s of %s", box, figure.id()).isNotNegative();
                assertThat(box.right()).as("%s of %s", box, figure.id()).isLessThanOrEqualTo(number(view, 1));
                assertThat(box.bottom()).as("%s of %s", box, figure.id()).isLessThanOrEqualTo(number(view, 2));
                assertThat(boxes.stream().filter(box::overlaps))
                        .as("%s of %s", box, figure.id())
                        .containsExactly(box);
            }
            List<double[]> data = all(DATA, svg).stream()
                    .filter(path -> !path.group().contains("M0 6"))
                    .flatMap(path -> points(path.group(1)).stream())
                    .toList();
            assertThat(data).hasSizeGreaterThan(20);
            for (double[] point : data) {
                assertThat(boxes.stream().filter(box -> box.contains(point[0], point[1])))
                        .as("%s, %s in %s", point[0], point[1], figure.id())
                        .isEmpty();
            }
        }
    }

    /** Text of {@code y} pixels is about 9 above its base line and 3 below. */
    private static List<Box> boxes(String svg) {
        List<Box> boxes = new ArrayList<>();
        for (MatchResult text : all(TEXT, svg)) {
            double width = CHARACTER * text.group(4).replaceAll("&[a-z]+;", "'").length();
            double x = number(text, 2);
            double y = number(text, 3);
            String type = text.group(1);
            double left = type.endsWith("middle") ? x - width / 2 : type.endsWith("end") ? x - width : x;
            boxes.add(new Box(text.group(4), left, y - 9, left + width, y + 3));
        }
        return boxes;
    }

    /** The points of a path, and those between them a pixel apart. */
    private static List<double[]> points(String path) {
        List<double[]> points = new ArrayList<>();
        double[] last = null;
        for (MatchResult match : all(POINT, path)) {
            double[] next = {number(match, 1), number(match, 2)};
            if (last != null) {
                int steps = (int) Math.max(1, Math.hypot(next[0] - last[0], next[1] - last[1]));
                for (int step = 0; step < steps; step++) {
                    double part = step / (double) steps;
                    points.add(
                            new double[] {last[0] + part * (next[0] - last[0]), last[1] + part * (next[1] - last[1])});
                }
            }
            points.add(next);
            last = next;
        }
        return points;
    }

    private static List<MatchResult> all(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().toList();
    }

    private static double number(MatchResult match, int group) {
        return Double.parseDouble(match.group(group));
    }

    @Test
    void text_isAtLeast11Pixels_atEachWidth() {
        String css = ReportStyle.charts() + ReportStyle.page(1);
        double font = number(
                all(Pattern.compile("\\.chart \\{ font: ([0-9]+)px"), css).get(0), 1);
        double wideFrom =
                number(all(Pattern.compile("max-width: ([0-9]+)px"), css).get(0), 1) + 1;
        double padding =
                number(all(Pattern.compile("padding: 1rem ([0-9]+)px"), css).get(0), 1);
        assertThat(font * (320 - 2 * padding) / Format.NARROW.width()).isGreaterThanOrEqualTo(11);
        assertThat(font * (wideFrom - 2 * 16) / Format.WIDE.width()).isGreaterThanOrEqualTo(11);
    }

    @Test
    void page_hasBothFormats_whoseIdsDiffer() {
        Page page = new Page("both", 10);
        page.figure(crowded());
        String html = page.end();
        List<String> ids = all(Pattern.compile(" id=\"([^\"]*)\""), html).stream()
                .map(id -> id.group(1))
                .toList();
        assertThat(ids).doesNotHaveDuplicates().contains("crowded-wide-t", "crowded-narrow-d");
        List<String> labels = all(Pattern.compile("aria-labelledby=\"([^\"]*)\""), html).stream()
                .flatMap(label -> Stream.of(label.group(1).split(" ", -1)))
                .toList();
        assertThat(labels).hasSize(4).isSubsetOf(ids);
        assertThat(html)
                .contains("figure .narrow { display: none; }", "figure .wide { display: none; }")
                .contains("forced-colors: active", "prefers-color-scheme: dark")
                .contains("Dotted line: capacity 50,000/s.", "lie on each other.", "The numbers");
    }

    @Test
    void linesDiffer_withoutColours() {
        List<String> shapes = IntStream.range(0, ReportStyle.most())
                .mapToObj(line -> Marker.type(line) + " " + Marker.path(line, 0, 0))
                .toList();
        assertThat(shapes).doesNotHaveDuplicates();
        Map<Boolean, List<String>> forced = all(Pattern.compile("--c[0-9]: ([^;]*);"), ReportStyle.charts()).stream()
                .map(colour -> colour.group(1))
                .collect(Collectors.partitioningBy("CanvasText"::equals));
        assertThat(forced.get(true)).hasSize(ReportStyle.most());
    }

    @Test
    void solidLine_isDrawnFirst_soThatNoneLiesUnderIt() {
        String svg = crowded().inPage(Format.WIDE);
        List<String> order = all(Pattern.compile("class=\"line (s[0-9])\""), svg).stream()
                .map(line -> line.group(1))
                .toList();
        assertThat(order).hasSize(10).startsWith("s2", "s0", "s1", "s3");
        assertThat(ReportStyle.charts()).contains("stroke: var(--c2); stroke-dasharray: none;");
    }
}
