package dev.respite.cli;

import dev.respite.cli.console.Json;
import dev.respite.sim.foresight.Foresight;
import dev.respite.sim.foresight.Foresight.Situation;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Formats a foresight as JSON. */
final class ForesightJson {

    private static final int DECIMALS = 4;

    private ForesightJson() {}

    static Json of(Foresight foresight) {
        return Json.object()
                .put("risk", risk(foresight.risk()))
                .put("worst", foresight.worst().name())
                .put("change", foresight.change())
                .put(
                        "situations",
                        foresight.situations().stream().map(ForesightJson::of).toList());
    }

    private static Json of(Situation situation) {
        return Json.object()
                .put("situation", situation.name())
                .put("risk", risk(situation.risk()))
                .put("succeeded", rounded(situation.succeeded()))
                .put("succeededWithoutRetries", rounded(situation.succeededWithoutRetries()))
                .put("recoverySeconds", situation.recovery())
                .put("recoverySecondsWithoutRetries", situation.recoveryWithoutRetries());
    }

    private static String risk(Foresight.Risk risk) {
        return risk.name().toLowerCase(Locale.ROOT);
    }

    private static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP);
    }
}
