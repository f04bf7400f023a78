package dev.respite.sim.report;

import dev.respite.sim.report.Chart.Across;
import dev.respite.sim.report.Chart.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of waves, one for each policy, and how high they are. */
final class WaveRows {

    /** The part of a row below which a limit is hard to distinguish from its floor. */
    private static final double FLOOR = 0.05;

    private final List<Rows.Row> rows;
    private final double most;
    private final int runs;

    private WaveRows(List<Rows.Row> rows, double most, int runs) {
        this.rows = rows;
        this.most = most;
        this.runs = runs;
    }

    /**
     * Rows.
     *
     * @param names the policies
     * @param bands the numbers of each
     * @param shown how many of the numbers are drawn
     * @param runs how many runs they are of
     */
    static WaveRows of(List<String> names, List<Band> bands, int shown, int runs) {
        double most = Axis.roundUp(Math.max(1, usualPeak(bands)));
        List<Rows.Row> rows = new ArrayList<>();
        for (int i = 0; i < bands.size(); i++) {
            Band first = bands.get(i).first(shown);
            double peak = bands.get(i).most();
            String remark = "peak " + Axis.label(Math.rint(peak)) + (peak > most ? ", cut off" : "");
            rows.add(new Rows.Row(names.get(i), remark, first.mean(), runs == 1 ? List.of() : first.high()));
        }
        return new WaveRows(rows, most, runs);
    }

    /** The median of the rows' peaks: one that is far above all others would leave those at the floor. */
    private static double usualPeak(List<Band> bands) {
        double[] peaks = bands.stream().mapToDouble(Band::most).sorted().toArray();
        return peaks[peaks.length / 2];
    }

    Rows figure(String id, String title, String about, Across time, String unit, Optional<Limit> limit) {
        boolean drawn = limit.filter(capacity -> capacity.value() <= most && capacity.value() >= FLOOR * most)
                .isPresent();
        String remark = limit.filter(capacity -> !drawn)
                .map(capacity -> " The service has a " + capacity.label() + ".")
                .orElse("");
        String range = runs == 1 ? "" : " Areas are means; outlines are the highest of " + runs + " runs.";
        return new Rows(
                id,
                title,
                about + remark + range,
                time,
                new Rows.Height(unit, most, drawn ? limit : Optional.empty()),
                rows);
    }
}
