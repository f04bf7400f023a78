package dev.respite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code respite explain} with {@code --clients}, {@code --rate}, {@code --capacity} and {@code --timeout}. */
class ExplainFleetTest {

    private static final String FLEET = "--clients 20 --rate 64/s --capacity 80/s --timeout 1s";

    private static Cli.Run explain(String policy, String options) {
        return Cli.run(Stream.concat(Stream.of("explain", policy), Stream.of(options.split(" ")))
                .toArray(String[]::new));
    }

    @Test
    void text_harmlessFleet_reportsNoHarm() {
        Cli.Run run = explain("clients=20", FLEET);

        assertThat(run.code()).isZero();
        assertThat(text(run))
                .contains("All clients together Retries do no harm in any of these situations.")
                .contains("harm succeed without recovery without 5 % errors no ")
                .contains("half failing for 30 s no ");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    @Tag("slow")
    void text_harmfulFleet_reportsWorstSituationAndChange() {
        assertThat(text(explain("budget=off", FLEET)))
                .containsPattern(
                        "Retries do harm \\((pause of 1 s|black hole of 10 s)\\): \\d+\\.\\d % of the calls succeed, ")
                .contains(
                        "without retries, and the service does not recover within 80 s. With budget=fleet clients=20 they"
                                + " do not.")
                .containsPattern("black hole of 10 s yes .* % never 0 s");
    }

    @Test
    @Tag("slow")
    void text_smallService_isTooFullOrTooSmall() {
        assertThat(text(explain("", "--clients 5 --rate 9/s --capacity 10/s --timeout 500ms")))
                .contains(
                        "The service is too full or too small to tell, or the timeout is too short: even when nothing fails,"
                                + " only ");
    }

    @Test
    void text_withoutFleet_hasNoForesight() {
        assertThat(Cli.run("explain").out()).doesNotContain("All clients together");
        assertThat(Cli.run("explain", "--json").json().has("foresight")).isFalse();
    }

    @Test
    void json_fleet_hasForesight() {
        JsonNode harmed = explain("budget=off", FLEET + " --json").json().get("foresight");

        assertThat(harmed.get("risk").asString()).isEqualTo("harmful");
        assertThat(harmed.get("change").asString()).isEqualTo("budget=fleet clients=20");
        assertThat(harmed.get("situations")).hasSize(5);
        JsonNode hole = harmed.get("situations").get(3);
        assertThat(hole.get("situation").asString()).isEqualTo("black hole of 10 s");
        assertThat(hole.get("risk").asString()).isEqualTo("harmful");
        assertThat(hole.get("succeeded").asDouble()).isLessThan(0.5);
        assertThat(hole.get("succeededWithoutRetries").asDouble()).isGreaterThan(0.5);
        assertThat(hole.get("recoverySeconds").isNull()).isTrue();
        assertThat(hole.get("recoverySecondsWithoutRetries").asInt()).isZero();
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
