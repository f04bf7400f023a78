package dev.respite.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Help.Ansi;

/** The tallies of all ways, side by side. */
final class TallyTable {

    private static final int LABEL = 24;
    private static final int CELL = 14;

    private final Map<Way, Tally> tallies;
    private final List<String> lines = new ArrayList<>();

    private TallyTable(Map<Way, Tally> tallies) {
        this.tallies = tallies;
    }

    static List<String> lines(Map<Way, Tally> tallies) {
        TallyTable table = new TallyTable(tallies);
        table.rows();
        table.lines.add("");
        tallies.forEach((way, tally) -> table.lines.add(story(way, tally)));
        return table.lines;
    }

    private void rows() {
        StringBuilder head = new StringBuilder(" ".repeat(LABEL));
        tallies.keySet().forEach(way -> head.append(Texts.right(way.toString(), CELL)));
        lines.add(styled("bold", head.toString()));
        row("asked", tally -> Texts.count(tally.told().asked()));
        row("done", tally -> Texts.count(tally.told().done()));
        fault("failed", tally -> tally.told().failed());
        fault("run twice", tally -> tally.found().duplicated());
        row("attempts per call", tally -> Texts.ratio(tally.attemptsPerCall()));
        row("requests at the server", tally -> Texts.count(tally.cost().requests()));
        row("p50", tally -> Texts.time(tally.cost().p50()));
        row("p99", tally -> Texts.time(tally.cost().p99()));
        row("money before", tally -> Texts.count(tally.found().before()));
        row("money after", tally -> Texts.count(tally.found().after()));
        fault("money gone astray", tally -> tally.found().astray());
    }

    private void row(String label, Function<Tally, String> cell) {
        line(label, tally -> Texts.right(cell.apply(tally), CELL));
    }

    /** A row that should have nothing but zeros. */
    private void fault(String label, ToLongFunction<Tally> cell) {
        line(label, tally -> {
            long faults = cell.applyAsLong(tally);
            return styled(faults == 0 ? "green" : "bold,red", Texts.right(Texts.count(faults), CELL));
        });
    }

    private void line(String label, Function<Tally, String> cell) {
        StringBuilder line = new StringBuilder(Texts.left(label, LABEL));
        tallies.values().forEach(tally -> line.append(cell.apply(tally)));
        lines.add(line.toString());
    }

    private static String story(Way way, Tally tally) {
        String head = Texts.left(way.toString(), 9);
        if (tally.isClean()) {
            return head + styled("bold,green", "all done, none twice");
        }
        List<String> parts = new ArrayList<>();
        add(parts, tally.told().failed(), " failed");
        add(parts, tally.found().movedThoughFailed(), " of them though the money had moved");
        add(parts, tally.found().duplicated(), " ran twice or more");
        return head + String.join(", ", parts);
    }

    private static void add(List<String> parts, long count, String words) {
        if (count > 0) {
            parts.add(Texts.count(count) + words);
        }
    }

    private static String styled(String style, String text) {
        return Ansi.AUTO.string("@|" + style + " " + text + "|@");
    }
}
