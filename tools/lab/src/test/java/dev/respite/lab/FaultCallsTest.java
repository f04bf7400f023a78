package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FaultCallsTest {

    private static final String LAYER = "max-attempts=4 base-delay=50ms retry-on=any budget=off nested=";

    /** Only the time of the fault counts: 4, then 4 × 4, then 4 × 4 × 4 attempts. */
    @Test
    void layers_thatEachRetry_multiply() {
        Map<String, Json> fault = fault(LAYER + "retry", "100%");

        assertThat(perCall(fault)).containsExactly(4.0, 16.0, 64.0);
        assertThat(number(fault, "succeeded")).isZero();
        List<Map<String, Json>> tree = objects(fault, "tree");
        assertThat(tree)
                .hasSize(1 + 4 + 16)
                .allSatisfy(call -> assertThat(number(call, "attempts")).isEqualTo(4));
        assertThat(number(tree.get(0), "parent")).isZero();
        assertThat(tree.subList(1, tree.size()))
                .allSatisfy(call -> assertThat(tree)
                        .anySatisfy(other -> assertThat(number(other, "number")).isEqualTo(number(call, "parent"))));
    }

    @Test
    void layers_thatRetryOnce_addUp() {
        assertThat(perCall(fault(LAYER + "suppress", "100%"))).containsExactly(1.0, 1.0, 4.0);
        assertThat(perCall(fault("max-attempts=1", "100%"))).containsExactly(1.0, 1.0, 1.0);
    }

    @Test
    void callsThatSucceedDuringTheFault_areCounted() {
        Map<String, Json> fault = fault("max-attempts=1", "50%");

        // 20 calls a second for 20 s, half of which fail.
        assertThat(number(fault, "calls")).isBetween(340, 460);
        assertThat(number(fault, "succeeded") / (double) number(fault, "calls")).isBetween(0.4, 0.6);
        assertThat(objects(fault, "tree")).hasSize(3);
    }

    @Test
    void scenarioWithoutAFault_hasNoCalls() {
        Map<String, Json> fault =
                observe("{\"op\": \"observe\", \"builtIn\": \"tail\", \"policies\": {\"none\": \"\"}}");

        assertThat(number(fault, "calls")).isZero();
        assertThat(objects(fault, "layers")).isEmpty();
    }

    private static Map<String, Json> fault(String policy, String ratio) {
        return observe(
                "{\"op\": \"observe\", \"builtIn\": \"deep-stack\", \"settings\": {\"load\": \"20\", \"ratio\": \""
                        + ratio + "\"}, \"policies\": {\"mine\": \"" + policy + "\"}}");
    }

    private static Map<String, Json> observe(String request) {
        Map<String, Json> response = members(JsonReader.read(Engine.respond(request, (done, total) -> {})));
        return members(objects(response, "observations").get(0).get("fault"));
    }

    /** Attempts of each layer for one call of a client. */
    private static List<Double> perCall(Map<String, Json> fault) {
        return objects(fault, "layers").stream()
                .map(layer -> number(layer, "attempts") / (double) number(fault, "calls"))
                .toList();
    }

    private static int number(Map<String, Json> object, String name) {
        return Integer.parseInt(((Json.Scalar) object.get(name)).text());
    }

    private static List<Map<String, Json>> objects(Map<String, Json> object, String name) {
        return ((Json.Elements) object.get(name))
                .elements().stream().map(FaultCallsTest::members).toList();
    }

    private static Map<String, Json> members(Json json) {
        return ((Json.Members) json)
                .members().stream().collect(Collectors.toMap(Json.Member::name, Json.Member::value));
    }
}
