package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.call.RetryHandle;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.policy.RetryPolicy;
import dev.respite.spring.Retries;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Policies that code replaces or completes. */
@ExtendWith(OutputCaptureExtension.class)
class ReplacedPolicyTest {

    @TempDir
    private Path folder;

    @Configuration(proxyBeanMethods = false)
    static class Replaceable {

        @Bean
        RetryHandle handle() {
            return RetryHandle.of(Retry.of(RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off"))
                    .withName("payments"));
        }

        @Bean
        Retries retries(RetryHandle handle) {
            return new Retries() {
                @Override
                public Optional<Retry> find(String name) {
                    return name.equals("payments") ? Optional.of(handle.retry()) : Optional.empty();
                }

                @Override
                public Set<String> names() {
                    return Set.of("payments");
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void policyOfAGroup_thatIsReplaced_isUsedByTheNextRequest(HttpGroupsTest.Client client) {
        try (FaultyServer server = FaultyServer.start()) {
            server.otherwise(Reply.of(503));
            String yaml = """
                    respite.http.groups.payments.policy: payments
                    respite.http.groups.search.policy: payments
                    spring.http.serviceclient.payments.base-url: %s
                    """.formatted(server.uri().toString().replaceAll("/$", ""));
            try (ConfigurableApplicationContext context =
                    TestApplication.start(folder, yaml, client.configuration, Replaceable.class)) {
                HttpGroupsTest.Payments payments = context.getBean(HttpGroupsTest.Payments.class);
                assertThatThrownBy(payments::get).hasMessageContaining("503");
                assertThat(server.requests()).hasSize(3);
                context.getBean(RetryHandle.class).changeSettings(Map.of("max-attempts", "2"));
                assertThatThrownBy(payments::get).hasMessageContaining("503");
                assertThat(server.requests()).hasSize(5);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Completing {

        @Bean
        RetryCustomizer pending() {
            return retry -> retry.withPolicy(retry.policy().toBuilder()
                    .retryOnException(IllegalStateException.class, failure -> true)
                    .build());
        }
    }

    @Test
    void warningOfAPolicy_isAboutThePolicyAsCustomized(CapturedOutput output) {
        String yaml = """
                respite.policies.sealed:
                  stop-on: any
                  max-attempts: 7
                """;
        try (ConfigurableApplicationContext context =
                TestApplication.start(folder, yaml, TestApplication.Empty.class, Completing.class)) {
            assertThat(output).contains("Retry policies: sealed").doesNotContain("nothing is ever retried");
        }
        try (ConfigurableApplicationContext context = TestApplication.start(folder, yaml)) {
            assertThat(output).contains("nothing is ever retried");
        }
    }
}
