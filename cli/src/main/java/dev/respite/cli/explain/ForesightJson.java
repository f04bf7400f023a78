package dev.respite.cli.explain;

import dev.respite.cli.console.Json;
import dev.respite.sim.foresight.FleetDemand;
import dev.respite.sim.foresight.Foresight;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalInt;
import tools.jackson.core.JsonGenerator;

/** Formats a foresight as JSON. */
final class ForesightJson {

    private static final int DECIMALS = 3;

    private ForesightJson() {}

    static void write(JsonGenerator json, Foresight foresight) {
        FleetDemand demand = foresight.demand();
        json.writeObjectPropertyStart("foresight");
        json.writeNumberProperty("clients", demand.clients());
        number(json, "rate", demand.rate());
        number(json, "capacity", demand.capacity());
        Json.millis(json, "timeoutMs", demand.timeout().toNanos());
        json.writeStringProperty("risk", foresight.risk().name().toLowerCase(Locale.ROOT));
        if (foresight.burst().isPresent()) {
            number(json, "burst", foresight.burst().getAsDouble());
        } else {
            json.writeNullProperty("burst");
        }
        number(json, "retriesAfterOutage", foresight.retries());
        number(json, "spare", foresight.spareCapacity());
        seconds(json, "recoverySeconds", foresight.recovery().seconds());
        seconds(json, "recoverySecondsWithoutRetries", foresight.recovery().withoutRetries());
        Foresight.DecisiveSetting deciding = foresight.deciding();
        json.writeObjectPropertyStart("deciding");
        json.writeStringProperty("key", deciding.key());
        if (deciding.change().isPresent()) {
            json.writeStringProperty("change", deciding.change().get());
        } else {
            json.writeNullProperty("change");
        }
        seconds(json, "recoverySeconds", deciding.changed().seconds());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void number(JsonGenerator json, String name, double value) {
        json.writeName(name);
        Json.number(json, BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP));
    }

    private static void seconds(JsonGenerator json, String name, OptionalInt seconds) {
        if (seconds.isPresent()) {
            json.writeNumberProperty(name, seconds.getAsInt());
        } else {
            json.writeNullProperty(name);
        }
    }
}
