package dev.respite.cli;

import dev.respite.cli.console.TextFormat;
import dev.respite.sim.foresight.FleetDemand;
import dev.respite.sim.foresight.Foresight;
import java.util.Locale;
import java.util.OptionalInt;

/** Formats a foresight as text. */
final class ForesightText {

    private final Foresight foresight;
    private final FleetDemand demand;

    private ForesightText(Foresight foresight) {
        this.foresight = foresight;
        this.demand = foresight.demand();
    }

    static String of(Foresight foresight) {
        ForesightText text = new ForesightText(foresight);
        return text.burst() + ", " + text.recovery() + "; " + text.deciding() + ". " + text.confidence();
    }

    private String burst() {
        String harm = switch (foresight.risk()) {
            case NONE -> "Retries do not prolong an outage: ";
            case CLOSE -> "Retries may prolong an outage: ";
            case HARMFUL -> "Retries prolong an outage: ";
        };
        String clients = demand.clients() == 1 ? "1 client" : TextFormat.count(demand.clients()) + " clients";
        String bound = foresight.burst().isPresent()
                ? "at most " + count(foresight.burst().getAsDouble()) + " retries"
                : "any number of retries";
        return harm + clients + " can make " + bound + " in one (about " + count(foresight.retries())
                + " after 10 s without an answer), the target has " + number(foresight.spareCapacity()) + "/s to spare";
    }

    private String recovery() {
        return "and it " + recovers(foresight.recovery().seconds()) + " at worst (without retries it "
                + recovers(foresight.recovery().withoutRetries()) + ")";
    }

    private String deciding() {
        Foresight.DecisiveSetting deciding = foresight.deciding();
        String key = deciding.key() + " decides: ";
        if (deciding.change().isPresent()) {
            return key + "with " + deciding.change().get() + " it "
                    + recovers(deciding.changed().seconds());
        }
        return foresight.isHarmful()
                ? key + "add some, or bound the target's queue, since no setting but max-attempts=1 helps"
                : key + "so few attempts do not prolong it with any budget";
    }

    /** Returns the measured accuracy of the prediction, as docs/evidence/budgets.md has it. */
    private String confidence() {
        return switch (foresight.risk()) {
            case CLOSE -> "This is close: 5 of 9 such fleets were harmed in the simulator; simulate shows yours.";
            case NONE -> "Of 392 such answers 389 held in the simulator. " + queue();
            case HARMFUL -> "All of 100 such answers held in the simulator. " + queue();
        };
    }

    private String queue() {
        double requests = demand.capacity() * demand.timeout().toNanos() / 1e9;
        return "They are for a target whose queue has no bound; with a queue well below " + count(requests)
                + " requests, those of one timeout, retries do not prolong an outage.";
    }

    private static String recovers(OptionalInt seconds) {
        if (seconds.isEmpty()) {
            return "does not recover within " + Foresight.MAX_RECOVERY_SECONDS + " s";
        }
        return "recovers in " + (seconds.getAsInt() == 0 ? "less than 1 s" : seconds.getAsInt() + " s");
    }

    private static String count(double number) {
        return TextFormat.count(Math.round(number));
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, number < 10 ? "%.1f" : "%.0f", number);
    }
}
