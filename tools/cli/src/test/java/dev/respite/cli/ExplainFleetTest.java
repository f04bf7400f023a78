package dev.respite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code respite explain} with {@code --clients}, {@code --rate}, {@code --capacity} and {@code --timeout}. */
class ExplainFleetTest {

    private static final String FLEET = "--clients 5000 --rate 280/s --capacity 300/s --timeout 1s";

    private static Cli.Run explain(String policy, String options) {
        return Cli.run(Stream.concat(Stream.of("explain", policy), Stream.of(options.split(" ")))
                .toArray(String[]::new));
    }

    @Test
    void text_fleetWithClients_reportsNoRisk() {
        Cli.Run run = explain("clients=5000", FLEET);

        assertThat(run.code()).isZero();
        assertThat(text(run))
                .contains("All clients together, after an outage Retries do not prolong an outage:")
                .contains("5,000 clients can make at most 100 retries")
                .contains("the target has 20/s to spare")
                .contains("recovers in less than 1 s at worst (without retries it recovers in less than 1 s)")
                .contains("budget decides: with budget=off it does not recover within 100 s.")
                .contains("Of 392 such answers 389 held in the simulator.")
                .contains("a queue well below 300 requests");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void text_harmfulFleet_reportsRemedy() {
        assertThat(text(explain("budget=10%", FLEET)))
                .contains("Retries prolong an outage:")
                .contains("5,000 clients can make at most 50,000 retries")
                .contains("does not recover within 100 s at worst")
                .contains("budget decides: with budget=fleet clients=5000 it recovers in less than 1 s.");
    }

    /**
     * Two attempts double the rate to 560/s for a capacity of 300/s: after one second the queue is just shorter than the
     * requests of one timeout.
     */
    @Test
    void text_fleetNearLimit_reportsCloseRisk() {
        assertThat(text(explain("budget=off max-attempts=2", FLEET)))
                .contains("Retries may prolong an outage:")
                .contains("can make any number of retries")
                .contains("This is close: 5 of 9 such fleets were harmed in the simulator");
    }

    @Test
    void text_withoutFleet_hasNoForesight() {
        assertThat(Cli.run("explain").out()).doesNotContain("All clients together");
        assertThat(Cli.run("explain", "--json").json().has("foresight")).isFalse();
    }

    @Test
    void json_fleet_hasForesight() {
        JsonNode harmed = explain("budget=off", FLEET + " --json").json().get("foresight");

        assertThat(harmed.get("clients").asInt()).isEqualTo(5_000);
        assertThat(harmed.get("rate").asDouble()).isEqualTo(280);
        assertThat(harmed.get("capacity").asDouble()).isEqualTo(300);
        assertThat(harmed.get("timeoutMs").asDouble()).isEqualTo(1_000);
        assertThat(harmed.get("risk").asString()).isEqualTo("harmful");
        assertThat(harmed.get("burst").isNull()).isTrue();
        assertThat(harmed.get("retriesAfterOutage").asDouble()).isGreaterThan(10_000);
        assertThat(harmed.get("spare").asDouble()).isEqualTo(20);
        assertThat(harmed.get("recoverySeconds").isNull()).isTrue();
        assertThat(harmed.get("recoverySecondsWithoutRetries").asInt()).isZero();
        assertThat(harmed.get("deciding").get("key").asString()).isEqualTo("budget");
        assertThat(harmed.get("deciding").get("change").asString()).isEqualTo("budget=fleet clients=5000");
        assertThat(harmed.get("deciding").get("recoverySeconds").asInt()).isZero();

        JsonNode safe = explain("clients=5000", FLEET + " --json").json().get("foresight");
        assertThat(safe.get("risk").asString()).isEqualTo("none");
        assertThat(safe.get("burst").asDouble()).isEqualTo(100);
        assertThat(safe.get("recoverySeconds").asInt()).isZero();

        JsonNode single = explain("max-attempts=1", FLEET + " --json").json().get("foresight");
        assertThat(single.get("deciding").get("change").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "5 | 300/s | 300/s | 1s | rate 300/s at a capacity of 300/s: must be below it, no policy recovers",
                "5 | 280 | 300/s | 1s | '280': expected a number for each second, such as 280/s",
                "5 | often | 300/s | 1s | 'often': expected a number for each second, such as 280/s",
                "5 | 0/s | 300/s | 1s | rate 0: must be from",
                "5 | 280/s | 0/s | 1s | capacity 0: must be from",
                "0 | 280/s | 300/s | 1s | clients 0: must be from 1 to 10000000",
                "-1 | 280/s | 300/s | 1s | clients -1: must be from 1 to 10000000",
                "99999999 | 280/s | 300/s | 1s | clients 99999999: must be from 1 to 10000000",
                "5 | 280/s | 300/s | 0s | '0s': expected a duration above 0 with its unit, such as 1s or 500ms",
                "5 | 280/s | 300/s | 1 | '1': expected a duration above 0 with its unit, such as 1s or 500ms",
                "5 | 280/s | 300/s | 5m | timeout 5m: must be from 1ms to 1m",
            })
    void option_invalid_isRejectedWithRule(
            String clients, String rate, String capacity, String timeout, String message) {
        Cli.Run run = Cli.run(
                "explain", "--clients=" + clients, "--rate", rate, "--capacity", capacity, "--timeout", timeout);

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).contains("respite: ").contains(message).doesNotContain("Exception");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--clients 5 --timeout 1s | --rate=RATE, --capacity=RATE",
                "--rate 1/s | --clients=N, --capacity=RATE, --timeout=TIME",
                "--clients 5 --rate 1/s --capacity 2/s | --timeout=TIME"
            })
    void options_incomplete_areRejected(String options, String message) {
        Cli.Run run = explain("max-attempts=3", options);

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("issing required argument(s): ").contains(message);
    }

    private static String text(Cli.Run run) {
        return run.out().replaceAll("\\s+", " ");
    }
}
