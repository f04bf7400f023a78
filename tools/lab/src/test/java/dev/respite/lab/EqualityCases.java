package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.scenario.BuiltIn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Requests whose responses must be the same wherever the engine runs, and what "the same" means. */
final class EqualityCases {

    /** Twelve digits. */
    private static final double PRECISION = 1e-12;

    private static final Map<String, String> POLICIES = new LinkedHashMap<>();

    static {
        POLICIES.put("none", "max-attempts=1");
        POLICIES.put(
                "naive",
                "max-attempts=4 backoff=fixed base-delay=50ms jitter=none budget=off nested=retry retry-after=ignore");
        POLICIES.put("respite", "");
    }

    /** Every kind of distribution, arrival, fault and admission that no built-in scenario has, in JSON, which is YAML too. */
    private static final String OTHERS = """
            {
              "name": "others",
              "duration": "20s",
              "network": {"latency": "lognormal 2ms 0.8", "loss": "0.5%"},
              "services": {
                "edge": {"replicas": 3, "workers": 20, "service-time": "exponential 3ms 10x 30%", "queue": 50,
                         "calls": "store", "timeout": "300ms"},
                "store": {"workers": 8, "service-time": "bimodal 5ms 200ms 2%", "slow-start": "3 2s",
                          "rate-limit": "200/s burst 20", "retry-after": "1s",
                          "failures": "3% 503"}
              },
              "load": {
                "to": "edge",
                "timeout": "1s",
                "groups": [
                  {"name": "web", "arrivals": "poisson 60/s", "clients": 7},
                  {"name": "batch", "arrivals": "even 20.5/s", "clients": 3, "clients-order": "turn", "budget": "shared"},
                  {"name": "users", "arrivals": "closed 20 think-time lognormal 400ms 1"},
                  {"name": "cron", "arrivals": "burst 50 every 7s"}
                ]
              },
              "faults": [
                {"slow": "store", "by": 4, "at": "4s", "for": "3s", "ramp": "1.5s"},
                {"throttle": "edge", "ratio": "20%", "at": "8s", "for": "1s", "replica": 2},
                {"fail-fast": "store", "ratio": 0.3, "at": "9s", "for": "1s"},
                {"pause": "edge", "at": "11s", "for": "800ms", "replica": 1},
                {"capacity": "store", "to": "25%", "at": "12s", "for": "2s", "ramp": "2s"},
                {"refuse": "edge", "at": "16s", "for": "500ms", "replica": 3}
              ]
            }
            """.replace("\n", "");

    private static final String MISSPELT = OTHERS.replace("\"exponential 3ms 10x 30%\"", "\"exponental 3ms\"");

    /** Limits, ramps and policies of single layers. */
    private static final String LAYERS = """
            {
              "name": "layers",
              "duration": "20s",
              "services": {
                "edge": {"replicas": 2, "workers": 30, "calls": "store", "timeout": "300ms",
                         "policy": "max-attempts=2", "budget": "shared"},
                "store": {"replicas": 4, "workers": 2, "service-time": "exponential 20ms", "refuse-retries": "30ms",
                          "retry-after": "1s"}
              },
              "load": {
                "to": "edge",
                "timeout": "1s",
                "groups": [
                  {"name": "web", "arrivals": "ramp 20/s at 0 to 350.5/s at 7s to 0/s at 15s", "clients": 7},
                  {"name": "batch", "to": "store", "arrivals": "poisson 40/s", "clients": 3, "policy": "max-attempts=3 budget=off"},
                  {"name": "legacy", "arrivals": "poisson 9/s", "attempt-number": false}
                ]
              },
              "faults": [{"fail-fast": "store", "ratio": "90%", "replica": 2, "at": "5s", "for": "6s"}]
            }
            """;

    private EqualityCases() {}

    /** The built-in scenarios with none, naive and respite: those that the figures of the browser are promised for. */
    static List<String> builtIn() {
        List<String> requests = new ArrayList<>();
        for (BuiltIn scenario : BuiltIn.all()) {
            requests.add(JsonWriter.object(request ->
                    request.text("op", "run").text("builtIn", scenario.name()).texts("policies", POLICIES)));
        }
        return requests;
    }

    /** All else that is short: distributions, several seeds, explanations, refusals. */
    static List<String> others() {
        List<String> requests = new ArrayList<>();
        requests.add("{\"op\": \"list\"}");
        for (String policy : List.of(
                "",
                "max-attempts=1",
                "max-attempts=20 backoff=decorrelated base-delay=7ms max-delay=3s budget=10%",
                "max-attempts=4 backoff=fixed base-delay=50ms jitter=none budget=off",
                "max-attempts=0",
                "max-atempts=3",
                "backoff=fibonacci base-delay=100ms total-timeout=5s",
                "budget=grpc:10/0.1",
                "rules=503:stop")) {
            requests.add(
                    JsonWriter.object(request -> request.text("op", "explain").text("policy", policy)));
        }
        requests.add(run("pause", Map.of("pause", "3s")));
        requests.add(run("thundering-herd", Map.of("clients", "200")));
        requests.add(run("metastable", Map.of("laod", "1")));
        requests.add(run("metastable", Map.of("load", "-1")));
        requests.add(run("metastabel", Map.of()));
        requests.add(JsonWriter.object(request -> request.text("op", "run")
                .text("scenario", OTHERS)
                .whole("seeds", 3)
                .whole("firstSeed", 7)
                .texts("policies", POLICIES)));
        requests.add(JsonWriter.object(request -> request.text("op", "run")
                .text("scenario", LAYERS)
                .whole("seeds", 2)
                .texts("policies", POLICIES)));
        requests.add(JsonWriter.object(request -> request.text("op", "print").text("scenario", LAYERS)));
        requests.add(JsonWriter.object(request -> request.text("op", "run").text("scenario", MISSPELT)));
        requests.add(JsonWriter.object(request -> request.text("op", "run")
                .text("scenario", OTHERS)
                .texts("settings", Map.of("services.edge.workers", "5", "load.timeout", "0"))));
        requests.add(JsonWriter.object(request -> request.text("op", "run")
                .text("builtIn", "tail")
                .texts("policies", Map.of("mine", "max-attempts=3 max-delay=5"))));
        for (String scenario : List.of("circuit-breaker", "deep-stack", "tail")) {
            requests.add(
                    JsonWriter.object(request -> request.text("op", "print").text("builtIn", scenario)));
        }
        for (Transfer.Safety safety : Transfer.Safety.values()) {
            requests.add(JsonWriter.object(request -> request.text("op", "transfer")
                    .text("policy", "max-attempts=4")
                    .text("safety", safety.name())
                    .whole("lostResponses", 2)));
        }
        requests.add(JsonWriter.object(request -> request.text("op", "observe")
                .text("scenario", OTHERS)
                .texts("policies", POLICIES)
                .whole("binMs", 500)
                .whole("lanes", 5)));
        requests.add(JsonWriter.object(request -> request.text("op", "replay")
                .text("builtIn", "bad-replica")
                .texts("policies", new TreeMap<>(Map.of("0", POLICIES.get("naive"), "25000", "")))
                .whole("every", 7)));
        requests.add(firstRun());
        requests.add("{\"op\": \"replay\", \"builtIn\": \"tail\", \"policies\": {\"5\": \"\"}}");
        requests.add("{\"op\": \"replay\", \"builtIn\": \"tail\", \"policies\": {\"soon\": \"\"}}");
        requests.add("{\"op\": \"transfer\", \"safety\": \"HOPE\"}");
        requests.add("{\"op\": \"observe\", \"builtIn\": \"tail\", \"binMs\": 0}");
        requests.add("{\"op\": \"run\"}");
        requests.add("{\"op\": \"stop\"}");
        requests.add("{\"op\"");
        requests.add("");
        return requests;
    }

    /** The run that the page has from the JVM, in place of one of its own. */
    static String firstRun() {
        try (InputStream request = EqualityCases.class.getResourceAsStream("first-request.json")) {
            return new String(Objects.requireNonNull(request).readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What takes long in JavaScript: other breakers and budgets, comparisons, and what happens in whole scenarios. */
    static List<String> lengthy() {
        List<String> requests = new ArrayList<>();
        requests.add(
                run("circuit-breaker", Map.of("breaker", "shared", "rate", "33.4%", "window", "500", "open", "700ms")));
        requests.add(run("circuit-breaker", Map.of("breaker", "own", "rate", "70%", "window", "3", "clients", "100")));
        requests.add(run("outage-ride", Map.of()));
        requests.add(run("independent-failures", Map.of("failure", "timeout")));
        requests.add(JsonWriter.object(request ->
                request.text("op", "run").text("builtIn", "metastable").texts("policies", POLICIES)));
        for (String scenario : List.of("circuit-breaker", "deep-stack", "tail")) {
            requests.add(JsonWriter.object(request -> request.text("op", "observe")
                    .text("builtIn", scenario)
                    .texts("policies", POLICIES)
                    .whole("binMs", 500)
                    .whole("lanes", 5)));
        }
        return requests;
    }

    private static String run(String builtIn, Map<String, String> settings) {
        return JsonWriter.object(request -> request.text("op", "run")
                .text("builtIn", builtIn)
                .texts("settings", settings)
                .texts("policies", POLICIES));
    }

    /** Whole numbers and texts must be equal, other numbers to twelve digits. */
    static void assertSame(String request, String expected, String actual) {
        assertSame(request, "", JsonReader.read(expected), JsonReader.read(actual));
    }

    private static void assertSame(String request, String path, Json expected, Json actual) {
        assertThat(actual.getClass()).as("%s of %s", path, request).isEqualTo(expected.getClass());
        if (expected instanceof Json.Members one && actual instanceof Json.Members other) {
            assertThat(other.members().stream().map(Json.Member::name))
                    .as("%s of %s", path, request)
                    .containsExactlyElementsOf(
                            one.members().stream().map(Json.Member::name).toList());
            for (int i = 0; i < one.members().size(); i++) {
                Json.Member member = one.members().get(i);
                assertSame(
                        request,
                        path + "." + member.name(),
                        member.value(),
                        other.members().get(i).value());
            }
        } else if (expected instanceof Json.Elements one && actual instanceof Json.Elements other) {
            assertThat(other.elements()).as("%s of %s", path, request).hasSameSizeAs(one.elements());
            for (int i = 0; i < one.elements().size(); i++) {
                assertSame(
                        request,
                        path + "." + i,
                        one.elements().get(i),
                        other.elements().get(i));
            }
        } else {
            String one = ((Json.Scalar) expected).text();
            String other = ((Json.Scalar) actual).text();
            if (!one.equals(other)) {
                assertThat(isSameNumber(one, other))
                        .as("%s of %s: expected %s, got %s", path, request, one, other)
                        .isTrue();
            }
        }
    }

    private static boolean isSameNumber(String one, String other) {
        if (!isFraction(one) || !isFraction(other)) {
            return false;
        }
        double expected = Double.parseDouble(one);
        return Math.abs(Double.parseDouble(other) - expected) <= PRECISION * Math.abs(expected);
    }

    private static boolean isFraction(String text) {
        return text.matches("-?[0-9]+\\.[0-9]+(E-?[0-9]+)?");
    }
}
