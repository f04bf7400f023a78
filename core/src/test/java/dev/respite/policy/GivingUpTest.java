package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.Explanation.Warning;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GivingUpTest {

    private static final String DAYS = " base-delay=50ms max-delay=1h total-timeout=7d";

    private static List<Warning> warnings(String policy) {
        return Explanation.ofDurable(RetryPolicy.parse(policy)).warnings();
    }

    /** Nineteen delays with full jitter, of which the last three have a mean of half an hour: measured apart, 1.9 h and 2.8 h. */
    @Test
    void limitOfAttempts_endsLongBeforeTheTotalTimeout() {
        Warning first = warnings("max-attempts=20" + DAYS).get(0);
        assertThat(first.code()).isEqualTo("gives-up-early");
        assertThat(first.message())
                .matches("if every attempt fails at once, half of the calls give up within (113|114|115|116|117) min,"
                        + " and 95 % within 2\\.[78]\\d? h, long before the total timeout of 168h; write"
                        + " max-attempts=unlimited to use all of it");
    }

    @Test
    void unlimitedAttempts_reachTheTotalTimeout() {
        List<Warning> warnings = warnings("max-attempts=unlimited" + DAYS);
        assertThat(warnings).extracting(Warning::code).containsExactly("gives-up-after");
        assertThat(warnings.get(0).message())
                .isEqualTo("if every attempt fails at once, half of the calls give up within 168 h,"
                        + " and 95 % within 168 h");
    }

    @ParameterizedTest
    @CsvSource({
        "max-attempts=20 backoff=fixed base-delay=2m total-timeout=7d jitter=none, gives-up-early",
        "max-attempts=3 backoff=fixed base-delay=1h jitter=none total-timeout=3h, gives-up-after",
        "unbounded=x total-timeout=off, gives-up-never",
        "unbounded=x backoff=immediate total-timeout=off, gives-up-never",
        "max-attempts=unlimited backoff=immediate total-timeout=7d, gives-up-after",
        "unbounded=x backoff=fixed base-delay=1ms jitter=none total-timeout=1h, gives-up-after",
        "max-attempts=1000000 backoff=fixed base-delay=1s jitter=none total-timeout=off, gives-up-after"
    })
    void code_isThatOfTheEnd(String policy, String code) {
        assertThat(warnings(policy).get(0).code()).isEqualTo(code);
    }

    /** A million attempts are not followed one by one. */
    @Test
    void manyAttempts_areExtrapolated() {
        assertThat(warnings("max-attempts=1000000 backoff=fixed base-delay=1s jitter=none total-timeout=off")
                        .get(0)
                        .message())
                .contains("within 278 h");
        assertThat(warnings("max-attempts=19999 backoff=fixed base-delay=1s jitter=none total-timeout=off")
                        .get(0)
                        .message())
                .contains("within 5.55 h");
    }

    @Test
    void warningsOfCallsInMemory_areLeftOut() {
        String policy = "max-attempts=20 base-delay=2m max-delay=1h total-timeout=1d jitter=none";
        assertThat(Explanation.of(RetryPolicy.parse(policy)).warnings())
                .extracting(Warning::code)
                .containsExactlyInAnyOrder("many-attempts", "long-delay", "no-jitter");
        assertThat(warnings(policy)).extracting(Warning::code).containsExactly("gives-up-after", "no-jitter");
    }
}
