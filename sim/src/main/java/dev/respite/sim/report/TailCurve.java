package dev.respite.sim.report;

import dev.respite.sim.report.Chart.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** How many calls took longer than so much: one minus the distribution, whose tail a logarithmic axis shows. */
final class TailCurve {

    /** The parts of the calls that the curve has a point for: down to a ten-thousandth, 18 for each power of ten. */
    private static final List<Double> LONGER = longer();

    private TailCurve() {}

    private static List<Double> longer() {
        List<Double> percents = new ArrayList<>();
        for (int power = 100; power <= 100_000; power *= 10) {
            for (int twentieth = 20; twentieth > 2; twentieth--) {
                percents.add(twentieth * 500.0 / power);
            }
        }
        percents.add(0.01);
        return List.copyOf(percents);
    }

    /** How long all calls took, whether they succeeded or failed. */
    static Chart answers(List<Recording> recordings) {
        return new Chart(
                "answers",
                "How long callers wait for an answer",
                "The part of all calls that take longer than so many milliseconds to succeed or to fail. A line that ends"
                        + " high up has calls that never end.",
                new Chart.Across("milliseconds until success or failure", true, 0, List.of()),
                new Chart.Up("percent of all calls that take longer", true, Optional.empty()),
                recordings.stream()
                        .map(recording -> of(recording.name(), recording.all(), recording.pending()))
                        .toList());
    }

    /** How long those calls took that succeeded. */
    static Chart successes(List<Recording> recordings) {
        return new Chart(
                "latency",
                "How long successful calls take",
                "The part of the successful calls that take longer than so many milliseconds. It says nothing of the calls"
                        + " that fail: a policy with few successes may look fast.",
                new Chart.Across("milliseconds until success", true, 0, List.of()),
                new Chart.Up("percent of successes that take longer", true, Optional.empty()),
                recordings.stream()
                        .map(recording -> of(recording.name(), recording.succeeded(), 0))
                        .toList());
    }

    /**
     * A curve: to the right milliseconds, upwards percent of the calls.
     *
     * @param micros how long those calls took that have ended
     * @param pending how many have not
     */
    static Line of(String name, Histogram micros, long pending) {
        long calls = micros.getTotalCount() + pending;
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        for (double percent : LONGER) {
            // Of fewer than one call nothing is known.
            if (percent * calls < 100) {
                break;
            }
            long faster = Math.round(calls * (1 - percent / 100));
            if (faster > micros.getTotalCount() || micros.getTotalCount() == 0) {
                break;
            }
            double percentile = Math.min(100, 100.0 * faster / micros.getTotalCount());
            xs.add(micros.getValueAtPercentile(percentile) / 1e3);
            ys.add(percent);
        }
        return new Line(name, xs, ys);
    }
}
