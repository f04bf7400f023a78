package dev.respite.benchmarks.harm;

import dev.respite.benchmarks.report.Options;
import dev.respite.sim.foresight.Foresight;
import dev.respite.sim.foresight.Foresight.Risk;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Compares the answers of {@code respite explain} with longer simulations by other seeds, in random settings. */
public final class Agreement {

    private static final String USAGE = """
            usage: bin/bench --explain [--settings N] [--draw N]
              --settings N      random settings, 500 by default
              --draw N          the seed by which they are drawn, 1 by default
            The table goes to stdout, each setting to stderr. It uses all processors.""";

    /** The seeds of {@code explain} are smaller. */
    private static final long FIRST_SEED = 1_001;

    /** Twice as many as {@code explain} begins with, and twice its calls. */
    private static final int MIN_SEEDS = 6;

    private static final int MIN_WINDOW_CALLS = 800;

    private static final Set<Outage> CALM = EnumSet.of(Outage.ERRORS_5, Outage.ERRORS_20);

    /** The outages in the order of the situations of an answer. */
    private static final List<Outage> OUTAGES =
            List.of(Outage.ERRORS_5, Outage.ERRORS_20, Outage.PAUSE_1, Outage.BLACK_HOLE_10, Outage.HALF_COSTLY_30);

    private static final double MAX_CALM_POINTS = 2;
    private static final double MAX_POINTS = 5;

    /** Below, too few calls fit into a timeout for many answers. */
    private static final double SMALL = 60;

    private Agreement() {}

    /**
     * An answer, and the outage that does harm in the longer simulations.
     *
     * @param setting the setting
     * @param risk the answer
     * @param worst the worst situation of the answer
     * @param harm the harm; empty if there is none
     */
    record Result(RandomSetting setting, Risk risk, String worst, String harm) {

        boolean isHarmed() {
            return !harm.isEmpty();
        }

        private boolean is(Risk other) {
            return risk == other;
        }

        private boolean isSmall() {
            return setting.inTimeout() < SMALL;
        }
    }

    /**
     * Runs the comparison.
     *
     * @param arguments the options of the usage
     */
    public static void main(String[] arguments) {
        Options.run(USAGE, arguments, Agreement::run);
    }

    private static String run(Options options, PrintStream messages) {
        int settings = options.number("--settings", 500);
        int draw = options.number("--draw", 1);
        options.end();
        return table(compare(settings, draw, messages));
    }

    /** Compares so many settings, and prints each. */
    static List<Result> compare(int settings, long draw, PrintStream messages) {
        AtomicInteger done = new AtomicInteger();
        return RandomSetting.draw(draw).limit(settings).toList().parallelStream()
                .map(setting -> {
                    Result result = compare(setting);
                    messages.printf(
                            Locale.ROOT,
                            "%d of %d: %s (worst %s), %s: %s%n",
                            done.incrementAndGet(),
                            settings,
                            result.risk,
                            result.worst,
                            result.isHarmed() ? "harmed by " + result.harm : "not harmed",
                            setting);
                    return result;
                })
                .toList();
    }

    private static Result compare(RandomSetting setting) {
        Foresight foresight = Foresight.of(
                setting.policy(), setting.clients(), setting.rate(), setting.capacity(), setting.timeout());
        return new Result(setting, foresight.risk(), foresight.worst().name(), harm(setting, foresight));
    }

    /** Returns the first harm, in the order of the harm that the answer predicts; or nothing. */
    private static String harm(RandomSetting setting, Foresight foresight) {
        List<Outage> outages = IntStream.range(0, OUTAGES.size())
                .boxed()
                .sorted(Comparator.comparing(
                        number -> foresight.situations().get((int) number).risk(), Comparator.reverseOrder()))
                .map(OUTAGES::get)
                .toList();
        for (Outage outage : outages) {
            double limit = CALM.contains(outage) ? MAX_CALM_POINTS : MAX_POINTS;
            Finding finding = Finding.beside(
                    limit, setting.cell(outage), setting.policy(), FIRST_SEED, MIN_SEEDS, MIN_WINDOW_CALLS);
            if (finding.points() > limit || finding.excess() > 0) {
                return String.format(
                        Locale.ROOT,
                        "%s (%.1f points, recovery %s, without retries %s)",
                        outage,
                        finding.points(),
                        seconds(finding.recovery()),
                        seconds(finding.none()));
            }
        }
        return "";
    }

    private static String seconds(OptionalInt seconds) {
        return seconds.isPresent() ? seconds.getAsInt() + " s" : "never";
    }

    /** Returns the counts for small services, for others and for all. */
    static String table(List<Result> results) {
        StringBuilder table = new StringBuilder("""
                | requests in a timeout | settings | harmed | safe | of these right | of the harmless called safe | harmful | of these right | cannot tell |
                |---|--:|--:|--:|--:|--:|--:|--:|--:|
                """);
        row(table, "below 60", results, Result::isSmall);
        row(table, "60 and more", results, result -> !result.isSmall());
        row(table, "**all**", results, result -> true);
        return table.toString();
    }

    private static void row(StringBuilder table, String label, List<Result> all, Predicate<Result> condition) {
        List<Result> results = all.stream().filter(condition).toList();
        long harmless = count(results, result -> !result.isHarmed());
        long safe = count(results, result -> result.is(Risk.NONE));
        long right = count(results, result -> result.is(Risk.NONE) && !result.isHarmed());
        long harmful = count(results, result -> result.is(Risk.HARMFUL));
        table.append(String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %s | %s | %d | %s | %s |%n",
                label,
                results.size(),
                results.size() - harmless,
                safe,
                percent(right, safe),
                percent(right, harmless),
                harmful,
                percent(count(results, result -> result.is(Risk.HARMFUL) && result.isHarmed()), harmful),
                percent(count(results, result -> result.is(Risk.UNKNOWN)), results.size())));
    }

    static long count(List<Result> results, Predicate<Result> condition) {
        return results.stream().filter(condition).count();
    }

    private static String percent(long some, long all) {
        return String.format(Locale.ROOT, "%d (%.1f %%)", some, 100.0 * some / Math.max(1, all));
    }
}
