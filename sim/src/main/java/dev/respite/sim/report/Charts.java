package dev.respite.sim.report;

import dev.respite.sim.FailureSweep;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.report.Chart.Across;
import dev.respite.sim.report.Chart.Limit;
import dev.respite.sim.report.Chart.Line;
import dev.respite.sim.report.Chart.Span;
import dev.respite.sim.report.Chart.Up;
import dev.respite.sim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The charts of a comparison. */
final class Charts {

    /** How many times the busiest bin a limit may be, to be drawn. */
    private static final double FAR = 5;

    private final Scenario scenario;
    private final Bins bins;
    private final List<Recording> recordings;
    private final Across time;

    /** The bins that are drawn: where calls begin in bursts, those until nothing happens any more. */
    private final int shown;

    private Charts(Scenario scenario, Bins bins, List<Recording> recordings) {
        this.scenario = scenario;
        this.bins = bins;
        this.recordings = recordings;
        this.time = new Across("seconds", false, bins.seconds(), spans(scenario));
        this.shown = bins.inBursts() ? active() : bins.count();
    }

    static List<ReportFigure> of(Scenario scenario, List<PolicySummary> summaries) {
        Bins bins = Bins.of(scenario);
        return new Charts(scenario, bins, Recording.of(bins, summaries)).all();
    }

    /** All bins with a request or a success, and a tenth more. */
    private int active() {
        int last = recordings.stream()
                .flatMap(recording -> Stream.of(recording.requests(), recording.goodput()))
                .mapToInt(Band::lengthOfActivity)
                .max()
                .orElse(0);
        int faults = scenario.faults().stream()
                .mapToInt(fault -> bins.at(fault.endNanos()))
                .max()
                .orElse(0);
        return Math.min(bins.count(), Math.max(1, Math.max(last, faults) * 11 / 10));
    }

    private List<ReportFigure> all() {
        List<ReportFigure> figures = new ArrayList<>();
        figures.add(requests());
        figures.add(goodput());
        if (recordings.stream().anyMatch(recording -> recording.queue().most() > 0)) {
            figures.add(queue());
        }
        figures.add(TailCurve.answers(recordings));
        if (recordings.stream().anyMatch(recording -> recording.succeeded().getTotalCount() > 0)) {
            figures.add(TailCurve.successes(recordings));
        }
        if (recordings.stream().anyMatch(Recording::hasBreakers)) {
            figures.add(breakers());
        }
        Budgets budgets = Budgets.of(recordings);
        if (budgets.areAny()) {
            figures.add(new Chart(
                    "budget",
                    budgets.title(),
                    budgets.about(bins) + range(recordings),
                    time,
                    Up.of("retries"),
                    budgets.lines(this::line)));
        }
        if (FailureSweep.suits(scenario)) {
            figures.add(amplification());
        }
        return List.copyOf(figures);
    }

    private ReportFigure requests() {
        String service = scenario.focus().name();
        return counts(
                new Words(
                        "requests",
                        "Requests " + bins.unit() + " at '" + service + "'",
                        "How many requests come to the service, retries included, in bins of " + bins.length() + ".",
                        "requests " + bins.unit()),
                Recording::requests,
                capacity());
    }

    private ReportFigure goodput() {
        return counts(
                new Words(
                        "goodput",
                        "Calls that succeed " + bins.unit(),
                        "How many calls succeed, in bins of " + bins.length() + ".",
                        "calls " + bins.unit()),
                Recording::goodput,
                Optional.empty());
    }

    private ReportFigure queue() {
        return counts(
                new Words(
                        "queue",
                        "Requests that wait at '" + scenario.focus().name() + "'",
                        "How long the queue of the service is at the end of each bin of " + bins.length() + ".",
                        "requests"),
                Recording::queue,
                Optional.empty());
    }

    /** What a figure is called. */
    private record Words(String id, String title, String about, String unit) {}

    /** Lines or, where waves would hide each other, a row for each policy. */
    private ReportFigure counts(Words words, Function<Recording, Band> column, Optional<Limit> limit) {
        List<Band> bands = recordings.stream().map(column).toList();
        if (bins.inBursts()) {
            WaveRows waves =
                    WaveRows.of(names(), bands, shown, recordings.get(0).runs());
            return waves.figure(words.id(), words.title(), words.about(), time, words.unit(), limit);
        }
        double most = bands.stream().mapToDouble(Band::most).max().orElse(0);
        Optional<Limit> near = limit.filter(capacity -> capacity.value() <= FAR * most);
        return new Chart(
                words.id(),
                words.title(),
                words.about() + range(recordings),
                time,
                new Up(words.unit(), false, near),
                recordings.stream()
                        .map(recording -> line(recording.name(), column.apply(recording)))
                        .toList());
    }

    private List<String> names() {
        return recordings.stream().map(Recording::name).toList();
    }

    /** What bands are, where there are any. */
    static String range(List<Recording> recordings) {
        int runs = recordings.get(0).runs();
        return runs == 1 ? "" : " Lines are means; bands go from the lowest to the highest of " + runs + " runs.";
    }

    private Optional<Limit> capacity() {
        double capacity = scenario.focus().capacity() / (bins.inBursts() ? 1 / bins.seconds() : 1);
        return Double.isInfinite(capacity)
                ? Optional.empty()
                : Optional.of(new Limit(
                        capacity, "capacity " + Axis.label(capacity) + (bins.inBursts() ? " " + bins.unit() : "/s")));
    }

    private ReportFigure breakers() {
        return new Rows(
                "breakers",
                "States of the circuit breakers",
                "How many of the breakers are open (filled) or half open (outlined above that); the rest is closed. A breaker"
                        + " is half open from the first attempt after its open time.",
                time,
                new Rows.Height("percent of the breakers", 100, Optional.empty()),
                recordings.stream()
                        .map(recording ->
                                states(recording.name(), recording.openBreakers(), recording.halfOpenBreakers()))
                        .toList());
    }

    private Rows.Row states(String name, Band open, Band halfOpen) {
        List<Double> both = IntStream.range(0, open.mean().size())
                .mapToObj(bin -> open.mean().get(bin) + halfOpen.mean().get(bin))
                .toList();
        return new Rows.Row(
                name, open.most() == 0 ? "never open" : "", open.first(shown).mean(), both.subList(0, shown));
    }

    private ReportFigure amplification() {
        return new Chart(
                "amplification",
                "Attempts for each call, at other rates of failures",
                "The same scenario, with each part of the attempts at '"
                        + scenario.focus().name() + "' failing by chance: what the policy makes of it.",
                Across.of("percent of attempts that fail"),
                Up.of("attempts per call"),
                recordings.stream().map(this::sweep).toList());
    }

    private Line sweep(Recording recording) {
        SimulationResult.Setting setting = recording.summary().results().get(0).setting();
        return new Line(
                recording.name(),
                FailureSweep.PERCENTS,
                FailureSweep.of(scenario)
                        .amplification(recording.summary().policy(), setting.budget(), setting.seed()));
    }

    private static List<Span> spans(Scenario scenario) {
        return scenario.faults().stream()
                .map(fault -> new Span(
                        fault.startNanos() / 1e9,
                        fault.endNanos() / 1e9,
                        fault.kind().toString()))
                .toList();
    }

    private Line line(String name, Band band) {
        Band first = band.first(shown);
        List<Double> starts = bins.starts().subList(0, shown);
        return recordings.get(0).runs() == 1
                ? new Line(name, starts, first.mean())
                : new Line(name, starts, first.mean(), first.low(), first.high());
    }
}
