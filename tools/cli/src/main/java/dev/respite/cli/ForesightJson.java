package dev.respite.cli;

import dev.respite.cli.console.Json;
import dev.respite.sim.foresight.FleetDemand;
import dev.respite.sim.foresight.Foresight;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalDouble;

/** Formats a foresight as JSON. */
final class ForesightJson {

    private static final int DECIMALS = 3;

    private ForesightJson() {}

    static Json of(Foresight foresight) {
        FleetDemand demand = foresight.demand();
        Foresight.DecisiveSetting deciding = foresight.deciding();
        OptionalDouble burst = foresight.burst();
        return Json.object()
                .put("clients", demand.clients())
                .put("rate", rounded(demand.rate()))
                .put("capacity", rounded(demand.capacity()))
                .put("timeoutMs", Json.millis(demand.timeout().toNanos()))
                .put("risk", foresight.risk().name().toLowerCase(Locale.ROOT))
                .put("burst", burst.isPresent() ? rounded(burst.getAsDouble()) : burst)
                .put("retriesAfterOutage", rounded(foresight.retries()))
                .put("spare", rounded(foresight.spareCapacity()))
                .put("recoverySeconds", foresight.recovery().seconds())
                .put("recoverySecondsWithoutRetries", foresight.recovery().withoutRetries())
                .put(
                        "deciding",
                        Json.object()
                                .put("key", deciding.key())
                                .put("change", deciding.change())
                                .put("recoverySeconds", deciding.changed().seconds()));
    }

    private static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP);
    }
}
