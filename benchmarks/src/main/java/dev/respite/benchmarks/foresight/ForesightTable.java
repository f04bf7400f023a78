package dev.respite.benchmarks.foresight;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints in how many random settings the forecast of {@code respite explain} agrees with the simulator. */
public final class ForesightTable {

    private static final String USAGE = """
            usage: bin/bench --foresight [--settings N] [--seed N] [--seeds N]
              --settings N  how many random fleets, 500 unless said otherwise: some 10 minutes
              --seed N      what they are drawn by, 2026 unless said otherwise
              --seeds N     runs of each fleet, 3 unless said otherwise
            The table goes to stdout, behind it the settings that differ; messages to stderr. It uses all processors, or
            one with -Djava.util.concurrent.ForkJoinPool.common.parallelism=1 in JAVA_TOOL_OPTIONS.""";

    private ForesightTable() {}

    private record Plan(int settings, long seed, int seeds) {

        static Plan read(String[] arguments) {
            Plan plan = new Plan(500, 2026, 3);
            for (int i = 0; i < arguments.length; i += 2) {
                if (i + 1 == arguments.length) {
                    throw new IllegalArgumentException(arguments[i] + " needs a value");
                }
                int value = Integer.parseInt(arguments[i + 1]);
                plan = switch (arguments[i]) {
                    case "--settings" -> new Plan(value, plan.seed, plan.seeds);
                    case "--seed" -> new Plan(plan.settings, value, plan.seeds);
                    case "--seeds" -> new Plan(plan.settings, plan.seed, value);
                    default -> throw new IllegalArgumentException("unknown option: " + arguments[i]);
                };
            }
            if (plan.settings < 1 || plan.seeds < 1) {
                throw new IllegalArgumentException("--settings and --seeds take a number of at least 1");
            }
            return plan;
        }
    }

    /**
     * Runs it.
     *
     * @param arguments as the usage says
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream messages = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        try {
            Plan plan = Plan.read(arguments);
            out.println(table(compared(drawn(plan.seed).limit(plan.settings).toList(), plan.seeds)));
        } catch (IllegalArgumentException wrong) {
            messages.println("bench: " + wrong.getMessage() + "\n" + USAGE);
            System.exit(64);
        }
    }

    /** Random settings. */
    static Stream<Setting> drawn(long seed) {
        Random random = new Random(seed);
        return Stream.generate(() -> Setting.random(random));
    }

    /** What comes of them. */
    static List<ForesightComparison> compared(List<Setting> settings, int seeds) {
        return settings.parallelStream()
                .map(setting -> ForesightComparison.of(setting, seeds))
                .toList();
    }

    private static String table(List<ForesightComparison> all) {
        StringBuilder table = new StringBuilder("""
                | budget | settings | harmed | agree | falsely safe | falsely harmful | close | worst recovery agrees | both agree |
                |---|--:|--:|--:|--:|--:|--:|--:|--:|
                """);
        Map<String, List<ForesightComparison>> budgets = all.stream()
                .collect(Collectors.groupingBy(
                        one -> one.setting().budget().replaceFirst("success:.*", "success:…"),
                        TreeMap::new,
                        Collectors.toList()));
        budgets.forEach((budget, some) -> table.append(row("`" + budget + "`", some)));
        table.append(row("**all**", all)).append('\n');
        all.stream()
                .filter(one -> !one.agrees() || !one.recoveryAgrees())
                .forEach(one -> table.append("- ").append(one).append('\n'));
        return table.toString();
    }

    private static String row(String budget, List<ForesightComparison> some) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %d | %d | %d | %d |%n",
                budget,
                some.size(),
                count(some, ForesightComparison::isHarmed),
                count(some, ForesightComparison::agrees),
                count(some, ForesightComparison::isFalselySafe),
                count(some, one -> !one.agrees() && !one.isFalselySafe()),
                count(some, ForesightComparison::isClose),
                count(some, ForesightComparison::recoveryAgrees),
                count(some, one -> one.agrees() && one.recoveryAgrees()));
    }

    static long count(List<ForesightComparison> some, Predicate<ForesightComparison> condition) {
        return some.stream().filter(condition).count();
    }
}
