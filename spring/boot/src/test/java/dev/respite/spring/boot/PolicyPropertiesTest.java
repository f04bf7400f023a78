package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.spring.Retries;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Policies of properties: real YAML files and environment variables, bound by Spring Boot. */
@ExtendWith(OutputCaptureExtension.class)
class PolicyPropertiesTest {

    /** Starts in little time, since nothing else is configured. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(RespiteAutoConfiguration.class)
    static class OnlyRespite {}

    @TempDir
    private Path folder;

    private RetryPolicy policy(String yaml) {
        return policy(yaml, Map.of());
    }

    private RetryPolicy policy(String yaml, Map<String, Object> variables) {
        try (ConfigurableApplicationContext context =
                TestApplication.start(folder, yaml, variables, WebApplicationType.NONE, OnlyRespite.class)) {
            return context.getBean(Retries.class).get("payments").policy();
        }
    }

    private static String payments(String... lines) {
        return "respite:\n  policies:\n    payments:\n"
                + Arrays.stream(lines).map(line -> "      " + line + "\n").collect(Collectors.joining());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-attempts: 4 | max-attempts=4",
                "maxAttempts: 4 | max-attempts=4",
                "maxAttempts: unlimited | max-attempts=unlimited",
                "max_attempts: 4 | max-attempts=4",
                "max-retries: 2 | max-retries=2",
                "unbounded: a person waits | unbounded=\"a person waits\"",
                "backoff: fixed | backoff=fixed",
                "base-delay: 50ms | base-delay=50ms",
                "base-delay: 1500us | base-delay=1500us",
                "base-delay: PT0.05S | base-delay=50ms",
                "base-delay: 250 | base-delay=250ms",
                "multiplier: 1.5 | multiplier=1.5",
                "max-delay: 10s | max-delay=10s",
                "jitter: none | jitter=none",
                "jitter: proportional:0.2 | jitter=proportional:0.2",
                "total-timeout: 20s | total-timeout=20s",
                "total-timeout: off | total-timeout=off",
                "total-timeout: 'off' | total-timeout=off",
                "attempt-timeout: 2s | attempt-timeout=2s",
                "retry-after: ignore | retry-after=ignore",
                "retry-after-limit: 10s | retry-after-limit=10s",
                "budget: off | budget=off",
                "budget: 'off' | budget=off",
                "budget: success:0.5/20/10 | budget=success:0.5/20/10",
                "clients: 20 | clients=20",
                "budget-wait: 10s | budget-wait=10s",
                "nested: retry | nested=retry",
                "preset: grpc | preset=grpc",
                "retry-on: 500 | retry-on=500",
                "retry-on: [404, timeout, sqlstate:23505] | retry-on=404,timeout,sqlstate:23505",
                "stop-on: java.net.ConnectException | stop-on=java.net.ConnectException",
                "acknowledge: no-jitter | acknowledge=no-jitter",
                "acknowledge: [no-jitter, no-budget] | acknowledge=no-budget,no-jitter",
                "'errors: { 503: { max-attempts: 5 } }' | on.503.max-attempts=5",
                "'errors: { \"503\": { max-attempts: 5 } }' | on.503.max-attempts=5",
                "'errors: { 5xx: { base-delay: 1s } }' | on.5xx.base-delay=1s",
                "'errors: { timeout: { backoff: linear, increment: 1s } }' | on.timeout.backoff=linear on.timeout.increment=1s",
                "'errors: { \"[sqlstate:40001]\": { max-attempts: 5 } }' | on.sqlstate:40001.max-attempts=5",
                "'errors: { \"[grpc:UNAVAILABLE]\": { max-attempts: 5 } }' | on.grpc:UNAVAILABLE.max-attempts=5",
                "'errors: { \"[java.net.ConnectException]\": { jitter: none } }' | on.java.net.ConnectException.jitter=none"
            })
    void property_isTheKeyOfThePolicy(String property, String text) {
        assertThat(policy(payments(property))).isEqualTo(RetryPolicy.parse(text));
    }

    @Test
    void defaults_areInheritedAndYieldToThePolicy() {
        RetryPolicy policy = policy("""
                respite:
                  defaults: { max-attempts: 5, base-delay: 1s, clients: 30 }
                  policies:
                    payments: { max-attempts: 2 }
                """);
        assertThat(policy).isEqualTo(RetryPolicy.parse("max-attempts=2 base-delay=1s clients=30"));
    }

    @Test
    void environmentVariables_overrideTheFile() {
        Map<String, Object> variables = Map.of(
                "RESPITE_POLICIES_PAYMENTS_MAXATTEMPTS", "6",
                "RESPITE_POLICIES_PAYMENTS_RETRYON_0", "404",
                "RESPITE_POLICIES_PAYMENTS_RETRYON_1", "timeout",
                "RESPITE_POLICIES_PAYMENTS_ERRORS_503_MAXATTEMPTS", "2",
                "RESPITE_POLICIES_PAYMENTS_BUDGET", "off",
                "RESPITE_DEFAULTS_TOTALTIMEOUT", "false");
        assertThat(policy(payments("max-attempts: 4"), variables))
                .isEqualTo(RetryPolicy.parse(
                        "max-attempts=6 retry-on=404,timeout on.503.max-attempts=2 budget=off total-timeout=off"));
    }

    @Test
    void environmentVariables_alone_makeAPolicy() {
        assertThat(policy("", Map.of("RESPITE_POLICIES_PAYMENTS_MAXATTEMPTS", "6")))
                .isEqualTo(RetryPolicy.parse("max-attempts=6"));
    }

    private void refuses(CapturedOutput output, String yaml, String... expected) {
        assertThatThrownBy(
                () -> TestApplication.start(folder, yaml, OnlyRespite.class).close());
        assertThat(output.getAll()).contains("APPLICATION FAILED TO START");
        for (String chunk : expected) {
            assertThat(output.getAll()).contains(chunk);
        }
    }

    @Test
    void start_unknownKey_namesTheNearestAndWhereItWasRead(CapturedOutput output) {
        refuses(
                output,
                payments("max-atempts: 4"),
                "Unknown property 'respite.policies.payments.max-atempts'",
                "application.yaml",
                "4:20",
                "did you mean 'max-attempts'?");
    }

    @Test
    void start_unknownKeyOfAnError_namesTheNearest(CapturedOutput output) {
        refuses(output, payments("errors: { 503: { max-atempts: 4 } }"), "did you mean 'max-attempts'?");
    }

    @Test
    void start_unknownKeyAtTheTop_namesTheNearest(CapturedOutput output) {
        refuses(output, "respite: { polices: { payments: { max-attempts: 4 } } }", "did you mean 'policies'?");
    }

    @Test
    void start_wrongValue_namesThePropertyItsOriginAndTheRule(CapturedOutput output) {
        refuses(
                output,
                payments("base-delay: 2s", "max-delay: 1s"),
                "respite.policies.payments.base-delay",
                "application.yaml",
                "is longer than max-delay 1s");
    }

    @Test
    void start_wrongValueOfAnError_namesTheProperty(CapturedOutput output) {
        refuses(
                output,
                payments("errors: { \"[sqlstate:40001]\": { max-attempts: 0 } }"),
                "respite.policies.payments.errors[sqlstate:40001].max-attempts",
                "application.yaml");
    }

    @Test
    void start_wordForANumber_isRefusedBySpringBoot(CapturedOutput output) {
        refuses(output, payments("max-attempts: many"), "respite.policies.payments.max-attempts", "many");
    }

    @ParameterizedTest
    @CsvSource({
        "sqlstate:40001,[sqlstate:40001]",
        "sqlcode:1205,[sqlcode:1205]",
        "grpc:RESOURCE_EXHAUSTED,[grpc:RESOURCE_EXHAUSTED]"
    })
    void start_errorWithPunctuationOutsideBrackets_isRefusedWithTheForm(
            String error, String form, CapturedOutput output) {
        refuses(output, payments("errors: { \"" + error + "\": { max-attempts: 5 } }"), "write \"" + form + "\"");
    }

    @Test
    void start_classNameOutsideBrackets_isRefusedWithTheForm(CapturedOutput output) {
        refuses(
                output,
                payments("errors: { java.net.ConnectException: { max-attempts: 5 } }"),
                "stands in brackets and quotes");
    }

    @Test
    void start_twoNamesThatDifferInPunctuation_areRefused(CapturedOutput output) {
        refuses(
                output,
                "respite: { policies: { order-service: { max-attempts: 4 }, orderservice: { max-attempts: 2 } } }",
                "'order-service' and 'orderservice'");
    }

    @Test
    void start_logsOneLineForAllPoliciesAndTheirWarnings(CapturedOutput output) {
        policy("respite.policies: { payments: { base-delay: 1101us }, orders: { max-attempts: 4 } }");
        assertThat(output.getAll().lines().filter(line -> line.contains("orders")))
                .singleElement(STRING)
                .contains("Retry policies: orders, payments (");
        assertThat(output.getAll()).contains("short-delay");
    }

    @Test
    void start_atLevelDebug_logsTheValuesOfEachPolicy(CapturedOutput output) {
        policy("logging.level.dev.respite: debug\n" + payments("base-delay: 1102us"));
        assertThat(output.getAll()).contains("Retry policy 'payments': max-attempts=3");
    }

    @Test
    void start_withoutProperties_hasNoRetry() {
        try (ConfigurableApplicationContext context = TestApplication.start(folder, "")) {
            assertThat(context.getBeansOfType(Retry.class)).isEmpty();
            assertThat(context.getBean(Retries.class).names()).isEmpty();
        }
    }
}
