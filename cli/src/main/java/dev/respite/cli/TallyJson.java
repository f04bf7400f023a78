package dev.respite.cli;

import java.math.BigDecimal;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** The tallies of all ways, for programs. */
final class TallyJson {

    private TallyJson() {}

    static String of(Map<Way, Tally> tallies) {
        return Json.text(Json.object(json -> tallies.forEach((way, tally) -> {
            json.writeObjectPropertyStart(way.toString());
            write(json, tally);
            json.writeEndObject();
        })));
    }

    private static void write(JsonGenerator json, Tally tally) {
        json.writeNumberProperty("asked", tally.told().asked());
        json.writeNumberProperty("done", tally.told().done());
        json.writeNumberProperty("failed", tally.told().failed());
        json.writeNumberProperty("duplicated", tally.found().duplicated());
        json.writeNumberProperty("attempts", tally.cost().attempts());
        json.writeNumberProperty("requests", tally.cost().requests());
        json.writeName("attemptsPerCall");
        Json.number(json, BigDecimal.valueOf(tally.attemptsPerCall()));
        Json.millis(json, "p50Ms", tally.cost().p50());
        Json.millis(json, "p99Ms", tally.cost().p99());
        json.writeNumberProperty("moneyBefore", tally.found().before());
        json.writeNumberProperty("moneyAfter", tally.found().after());
        json.writeNumberProperty("moneyAstray", tally.found().astray());
        json.writeNumberProperty("movedThoughFailed", tally.found().movedThoughFailed());
    }
}
