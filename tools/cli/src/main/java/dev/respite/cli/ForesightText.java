package dev.respite.cli;

import dev.respite.cli.console.TextFormat;
import dev.respite.sim.foresight.Foresight;
import dev.respite.sim.foresight.Foresight.Risk;
import dev.respite.sim.foresight.Foresight.Situation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** Formats a foresight as text. */
final class ForesightText {

    private final Foresight foresight;
    private final Situation worst;

    private ForesightText(Foresight foresight) {
        this.foresight = foresight;
        this.worst = foresight.worst();
    }

    /** Returns the conclusion, one or two sentences. */
    static String conclusion(Foresight foresight) {
        ForesightText text = new ForesightText(foresight);
        return switch (foresight.risk()) {
            case NONE -> "Retries do no harm in any of these situations.";
            case UNKNOWN -> text.unknown();
            case HARMFUL -> text.harm();
        };
    }

    private String unknown() {
        if (foresight.calm() < Foresight.MIN_CALM) {
            return "The service is too full or too small to tell, or the timeout is too short: even when nothing fails, only "
                    + percent(foresight.calm()) + " of the calls succeed without retries.";
        }
        return worst.recoveryWithoutRetries().isEmpty()
                ? "The service is too full to tell: it does not recover without retries, either (" + worst.name() + ")."
                : "The service is too full or too small to tell: the runs do not decide whether retries do harm ("
                        + worst.name() + ").";
    }

    private String harm() {
        String recovers = worst.recovery().isPresent()
                ? "the service recovers after " + recovery(worst.recovery())
                : "the service does not recover within " + Foresight.MAX_RECOVERY_SECONDS + " s";
        String change = foresight
                .change()
                .map(setting -> "With " + setting + " they do not.")
                .orElse("No setting was found that helps but max-attempts=1: add capacity.");
        return "Retries do harm (" + worst.name() + "): " + percent(worst.succeeded()) + " of the calls succeed, "
                + percent(worst.succeededWithoutRetries()) + " without retries, and " + recovers + ". " + change;
    }

    /** Returns the lines of the table. */
    static List<String> table(Foresight foresight) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("", "harm", "succeed", "without", "recovery", "without"));
        for (Situation situation : foresight.situations()) {
            rows.add(List.of(
                    situation.name(),
                    harm(situation.risk()),
                    percent(situation.succeeded()),
                    percent(situation.succeededWithoutRetries()),
                    recovery(situation.recovery()),
                    recovery(situation.recoveryWithoutRetries())));
        }
        return TextFormat.table(rows, TextFormat::right);
    }

    private static String harm(Risk risk) {
        return switch (risk) {
            case NONE -> "no";
            case UNKNOWN -> "unknown";
            case HARMFUL -> "yes";
        };
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }

    private static String recovery(OptionalInt seconds) {
        return seconds.isPresent() ? seconds.getAsInt() + " s" : "never";
    }
}
