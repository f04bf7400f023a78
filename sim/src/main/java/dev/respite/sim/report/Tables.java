package dev.respite.sim.report;

import dev.respite.outcome.StopReason;
import dev.respite.sim.Figure;
import dev.respite.sim.GroupSummary;
import dev.respite.sim.Latencies;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Series;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.Formats;
import dev.respite.sim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tables of a comparison. */
final class Tables {

    private static final List<Figure> SERVICE = List.of(
            Figure.SUCCESS,
            Figure.AMPLIFICATION,
            Figure.PEAK,
            Figure.RECOVERY,
            Figure.GOODPUT_BEFORE,
            Figure.GOODPUT_AFTER,
            Figure.P50,
            Figure.P99,
            Figure.ANSWER_P50,
            Figure.ANSWER_P99,
            Figure.WASTED_WORK);

    private static final List<Figure> BURST = List.of(
            Figure.SUCCESS,
            Figure.AMPLIFICATION,
            Figure.MEAN_WAIT,
            Figure.RETRY_SPREAD,
            Figure.PEAK_RETRIES,
            Figure.ANSWER_P99,
            Figure.WASTED_WORK);

    private static final List<Figure> CALM = List.of(
            Figure.SUCCESS, Figure.AMPLIFICATION, Figure.PEAK, Figure.P99, Figure.ANSWER_P99, Figure.WASTED_WORK);
    /** The percentiles that the table of latencies has: 1 to 99, and the tail. */
    private static final List<Double> PERCENTILES = Stream.concat(
                    IntStream.rangeClosed(1, 99).mapToObj(percent -> (double) percent), Stream.of(99.5, 99.9, 100.0))
            .toList();

    private Tables() {}

    /** What came out: for a burst, how the clients come back; else, how the service does. With several seeds, also the ranges. */
    static Table summary(Scenario scenario, List<PolicySummary> summaries) {
        boolean seeds = summaries.get(0).results().size() > 1;
        List<Figure> figures = scenario.load().isBurst() ? BURST : SERVICE;
        List<String> head = new ArrayList<>(List.of("policy"));
        if (seeds) {
            head.add("of the seeds");
        }
        head.addAll(List.of("calls", "attempts"));
        figures.forEach(figure -> head.add(heading(figure)));
        List<List<String>> rows = new ArrayList<>();
        for (PolicySummary summary : summaries) {
            String calls = number(summary.mean(SimulationResult::calls));
            String attempts = number(summary.mean(SimulationResult::attempts));
            List<String> first = seeds ? List.of(summary.name(), "all") : List.of(summary.name());
            rows.add(row(
                    first, List.of(calls, attempts), figures, figure -> cell(scenario, figure, figure.of(summary))));
            if (seeds) {
                rows.add(row(
                        List.of(summary.name(), "least"),
                        List.of("", ""),
                        figures,
                        figure -> cell(scenario, figure, figure.range(summary).least())));
                rows.add(row(
                        List.of(summary.name(), "greatest"),
                        List.of("", ""),
                        figures,
                        figure -> cell(scenario, figure, figure.range(summary).greatest())));
            }
        }
        return new Table(head, rows);
    }

    /** What came out without the faults, at each failure rate. */
    static Table calm(Scenario scenario, List<PolicySummary> summaries) {
        List<String> head = new ArrayList<>(List.of("policy", "failures"));
        CALM.forEach(figure -> head.add(heading(figure)));
        List<List<String>> rows = new ArrayList<>();
        for (PolicySummary summary : summaries) {
            for (PolicySummary.Calm calm : summary.calm()) {
                rows.add(row(
                        List.of(summary.name(), Formats.percent(calm.failureRate())),
                        List.of(),
                        CALM,
                        figure -> cell(scenario, figure, figure.of(calm.summary()))));
            }
        }
        return new Table(head, rows);
    }

    /** Why calls ended: a column for each reason that there was. */
    static Table stopReasons(List<PolicySummary> summaries) {
        List<StopReason> reasons = Stream.of(StopReason.values())
                .filter(reason -> summaries.stream()
                        .anyMatch(summary -> summary.stopReasons().containsKey(reason)))
                .toList();
        List<String> head = new ArrayList<>(List.of("policy"));
        reasons.forEach(reason -> head.add(reason.phrase()));
        return new Table(
                head,
                summaries.stream()
                        .map(summary -> Stream.concat(
                                        Stream.of(summary.name()),
                                        reasons.stream()
                                                .map(reason -> number(
                                                        summary.stopReasons().getOrDefault(reason, 0.0))))
                                .toList())
                        .toList());
    }

    private static String heading(Figure figure) {
        return switch (figure.unit()) {
            case MILLIS -> figure.heading() + " ms";
            case SECONDS -> figure.heading() + " s";
            case PER_SECOND -> figure.heading() + " /s";
            case RATIO -> figure.heading() + " %";
            case FACTOR, COUNT -> figure.heading();
        };
    }

    private static List<String> row(
            List<String> first, List<String> counts, List<Figure> figures, Function<Figure, String> cell) {
        return Stream.of(first.stream(), counts.stream(), figures.stream().map(cell))
                .flatMap(Function.identity())
                .toList();
    }

    private static String cell(Scenario scenario, Figure figure, OptionalDouble value) {
        if (value.isEmpty()) {
            return figure == Figure.RECOVERY ? (scenario.showsRecovery() ? "never" : "unseen") : "";
        }
        return number(figure.unit() == Figure.Unit.RATIO ? 100 * value.getAsDouble() : value.getAsDouble());
    }

    /** What the clients of each group did. */
    static Table groups(List<PolicySummary> summaries) {
        List<List<String>> rows = new ArrayList<>();
        for (PolicySummary summary : summaries) {
            for (GroupSummary group : summary.groups()) {
                rows.add(List.of(
                        summary.name(),
                        group.name(),
                        number(group.calls()),
                        number(group.succeeded()),
                        number(group.attempts()),
                        number(group.amplification())));
            }
        }
        return new Table(List.of("policy", "group", "calls", "succeeded", "attempts", "per call"), rows);
    }

    static Table series(List<PolicySummary> summaries) {
        List<List<String>> rows = new ArrayList<>();
        for (PolicySummary summary : summaries) {
            Series series = summary.series();
            for (int second = 0; second < series.calls().size(); second++) {
                int at = second;
                List<String> row = new ArrayList<>(List.of(summary.name(), Integer.toString(second)));
                Stream.of(series.calls(), series.requests(), series.goodput(), series.queue(), series.budget())
                        .map(column -> number(column.get(at)))
                        .forEach(row::add);
                rows.add(row);
            }
        }
        return new Table(List.of("policy", "second", "calls", "requests", "goodput", "queue", "budget"), rows);
    }

    static Table latency(List<PolicySummary> summaries) {
        List<String> head = new ArrayList<>(List.of("percentile"));
        List<Latencies> columns = new ArrayList<>();
        for (PolicySummary summary : summaries) {
            head.add(summary.name() + " ms");
            head.add(summary.name() + ", failures included ms");
            columns.add(summary.latencies());
            columns.add(summary.answerTimes());
        }
        List<List<String>> rows = new ArrayList<>();
        for (double percentile : PERCENTILES) {
            List<String> row = new ArrayList<>(List.of(number(percentile)));
            columns.forEach(times -> row.add(number(times.millis(percentile).orElse(Double.POSITIVE_INFINITY))));
            rows.add(row);
        }
        return new Table(head, rows);
    }

    /** A number as it is, to three decimals; what has no limit is left empty. */
    static String number(double value) {
        if (Double.isInfinite(value)) {
            return "";
        }
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceAll("\\.?0+$", "");
    }
}
