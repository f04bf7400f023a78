package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of a load in a scenario file that have several words. */
class LoadFileTest {

    private static Load load(String values) {
        return ScenarioFile.parse("services: {a: {}}\nload:\n  to: a\n  " + values + "\n")
                .load();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "poisson 280/s",
                "even 0.5/s",
                "burst 1000 every 10s",
                "closed 50 think-time exponential 1s",
                "closed 7 think-time bimodal 10ms 1s 1%",
                "ramp 100/s at 0 to 400/s at 1m to 0/s at 2m"
            })
    void parse_arrivals_areThoseOfTheText(String text) {
        assertThat(load("arrivals: " + text).groups().get(0).arrivals()).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "burst 5 all 10s | unknown word 'all'; use one of every",
                "closed 5 thinking 1s | unknown word 'thinking'; use one of think-time",
                "ramp 100/s by 0 to 400/s at 60s | unknown word 'by'; use one of at"
            })
    void parse_unknownWordOfArrivals_isRejected(String text, String message) {
        assertThatThrownBy(() -> load("arrivals: " + text))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("scenario, line 4, load.arrivals: " + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"poisson", "even 5/s 6/s", "burst 5", "closed 5 think-time"})
    void parse_arrivalsOfTooFewOrTooManyWords_areRejectedWithTheForms(String text) {
        assertThatThrownBy(() -> load("arrivals: " + text))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessageStartingWith("scenario, line 4, load.arrivals: '" + text + "': expected poisson 280/s, ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "own 50% off 20 open 5s | unknown word 'off'; did you mean 'of'?",
                "own 50% of 20 close 5s | unknown word 'close'; use one of open"
            })
    void parse_unknownWordOfABreaker_isRejected(String text, String message) {
        assertThatThrownBy(() -> load("arrivals: even 5/s\n  breaker: " + text))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("scenario, line 5, load.breaker: " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"own | false", "shared | true"})
    void parse_budget_isOwnOrShared(String text, boolean isShared) {
        assertThat(load("arrivals: even 5/s\n  budget: " + text).groups().get(0).sharedBudget())
                .isEqualTo(isShared);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void parse_attemptNumber_isSentOrNot(boolean isSent) {
        assertThat(load("arrivals: even 5/s\n  attempt-number: " + isSent)
                        .groups()
                        .get(0)
                        .sendsAttemptNumber())
                .isEqualTo(isSent);
    }

    @Test
    void parse_attemptNumberOfAnotherWord_isRejected() {
        assertThatThrownBy(() -> load("arrivals: even 5/s\n  attempt-number: no"))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("scenario, line 5, load.attempt-number: unknown word 'no'; use one of true, false");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"random | false", "turn | true"})
    void parse_orderOfTheClients_isRandomOrInTurn(String text, boolean isInTurn) {
        assertThat(load("arrivals: even 5/s\n  clients: 4\n  clients-order: " + text)
                        .groups()
                        .get(0)
                        .isInTurn())
                .isEqualTo(isInTurn);
    }
}
