package dev.respite.stacks.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.spring.Respite;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.retry.annotation.Retry;
import io.github.resilience4j.timelimiter.annotation.TimeLimiter;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** The annotations of Resilience4j that stay, beside {@code @Respite} and beside its own {@code @Retry}. */
@ExtendWith(OutputCaptureExtension.class)
class OtherAspectsTest {

    /** Passed as a source, and not found by the scan of {@link Application}. */
    @EnableAutoConfiguration
    static class BreakersOnly {
        @Bean
        Respited respited() {
            return new Respited();
        }
    }

    @EnableAutoConfiguration
    static class WithRetry {
        @Bean
        Retried retried() {
            return new Retried();
        }
    }

    @EnableAutoConfiguration
    static class WithRegistry {
        @Bean
        AtomicInteger user(RetryRegistry registry) {
            return new AtomicInteger(registry.getAllRetries().size());
        }
    }

    static class Respited {
        final AtomicInteger attempts = new AtomicInteger();

        @Respite("quotes")
        @CircuitBreaker(name = "quotes")
        public String down() throws ConnectException {
            throw new ConnectException("refused");
        }

        @Respite("quotes")
        @TimeLimiter(name = "quotes")
        public CompletableFuture<String> hangsAtFirst() {
            return attempts.incrementAndGet() == 1
                    ? new CompletableFuture<>()
                    : CompletableFuture.completedFuture("attempt " + attempts);
        }
    }

    static class Retried {
        @Retry(name = "quotes")
        @CircuitBreaker(name = "quotes")
        public String down() throws ConnectException {
            throw new ConnectException("refused");
        }
    }

    private static ConfigurableApplicationContext start(Class<?> source, String... properties) {
        return new SpringApplicationBuilder(source)
                .web(WebApplicationType.NONE)
                .properties(
                        "respite.policies.quotes.base-delay=1ms",
                        "resilience4j.timelimiter.instances.quotes.timeout-duration=50ms",
                        "respite.doctor-ignore=spring-retry")
                .properties(properties)
                .run();
    }

    private static long failedCalls(ConfigurableApplicationContext context) {
        return context.getBean(CircuitBreakerRegistry.class)
                .circuitBreaker("quotes")
                .getMetrics()
                .getNumberOfFailedCalls();
    }

    @Test
    void circuitBreaker_isInEachAttempt() {
        try (ConfigurableApplicationContext context = start(BreakersOnly.class)) {
            assertThatThrownBy(context.getBean(Respited.class)::down).isInstanceOf(ConnectException.class);
            assertThat(failedCalls(context)).isEqualTo(3);
        }
        try (ConfigurableApplicationContext context = start(WithRetry.class)) {
            assertThatThrownBy(context.getBean(Retried.class)::down).isInstanceOf(ConnectException.class);
            assertThat(failedCalls(context)).isEqualTo(3);
        }
    }

    @Test
    void timeLimiter_isInEachAttempt() {
        try (ConfigurableApplicationContext context = start(BreakersOnly.class)) {
            assertThat(context.getBean(Respited.class).hangsAtFirst().join()).isEqualTo("attempt 2");
        }
    }

    @Test
    void doctor_withBreakersOnly_isSilent(CapturedOutput output) {
        start(BreakersOnly.class).close();
        assertThat(output.getAll()).doesNotContain("is on the class path and retries");
    }

    @ParameterizedTest
    @ValueSource(classes = {WithRetry.class, WithRegistry.class})
    void doctor_withRetries_warns(Class<?> source, CapturedOutput output) {
        start(source).close();
        assertThat(output.getAll()).contains("resilience4j is on the class path and retries");
    }

    @Test
    void doctor_withAnInstance_warns(CapturedOutput output) {
        start(BreakersOnly.class, "resilience4j.retry.instances.quotes.max-attempts=2")
                .close();
        assertThat(output.getAll()).contains("resilience4j is on the class path and retries");
    }
}
