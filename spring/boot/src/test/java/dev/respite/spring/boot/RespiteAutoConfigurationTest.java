package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.spring.Respite;
import dev.respite.spring.Retries;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import io.micrometer.context.ContextRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class RespiteAutoConfigurationTest {

    private static final String TWO = """
            respite:
              policies:
                payments: { max-attempts: 4, base-delay: 1ms, budget: off }
                search: { max-attempts: 2, base-delay: 1ms, budget: off }
            """;

    @TempDir
    private Path folder;

    /** A method with the annotation, and a constructor that takes a retry by its name. */
    static class Service {
        final AtomicInteger attempts = new AtomicInteger();
        private final Retry search;

        Service(@Qualifier("search") Retry search) {
            this.search = search;
        }

        Retry search() {
            return search;
        }

        @Respite("payments")
        String charge() throws ConnectException {
            attempts.incrementAndGet();
            throw new ConnectException("refused");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithService {
        @Bean
        Service service(@Qualifier("search") Retry search) {
            return new Service(search);
        }
    }

    @Test
    void retry_byQualifier_isThatOfThePolicy() {
        try (ConfigurableApplicationContext context = TestApplication.start(folder, TWO, WithService.class)) {
            Retry search = context.getBean(Service.class).search();
            assertThat(search.policy().limits().maxAttempts()).isEqualTo(2);
            assertThat(search.name()).isEqualTo("search");
            assertThat(context.getBean(Retries.class).get("search")).isSameAs(search);
            assertThat(context.getBean("paymentsRetry", Retry.class).name()).isEqualTo("payments");
        }
    }

    @Test
    void annotatedMethod_isRetriedUnderThePolicyOfItsName() {
        try (ConfigurableApplicationContext context = TestApplication.start(folder, TWO, WithService.class)) {
            Service service = context.getBean(Service.class);
            assertThatThrownBy(service::charge).isInstanceOf(ConnectException.class);
            assertThat(context.getBean(Retries.class).get("payments").counts().attempts())
                    .isEqualTo(4);
        }
    }

    @Test
    void annotatedMethod_ofAnUnknownName_failsAtStartWithTheNames(CapturedOutput output) {
        String misspelt = TWO.replace("payments:", "paymnts:");
        assertThatThrownBy(() -> TestApplication.start(folder, misspelt, WithService.class));
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START")
                .contains("@Respite of " + Service.class.getName() + ".charge(): no retry has the name 'payments'")
                .contains("did you mean 'paymnts'?; the names are paymnts, search.")
                .contains("Correct the name, or add a retry that has it.");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithPrivateMethod {

        @Respite("payments")
        private void charge() {}
    }

    @Test
    void annotatedMethod_thatNoProxyOverrides_failsAtStartWithTheRemedy(CapturedOutput output) {
        assertThatThrownBy(() -> TestApplication.start(folder, TWO, WithPrivateMethod.class));
        assertThat(output.getAll())
                .contains("Description:\n\n" + WithPrivateMethod.class.getName()
                        + ".charge() is private, and @Respite works by a proxy")
                .contains("Make it public.");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithOwnRetry {
        @Bean
        Retry mail() {
            return Retry.of(RetryPolicy.parse("max-attempts=7")).withName("mail");
        }

        @Bean
        RetryCustomizer listening(List<String> names) {
            return retry -> {
                names.add(retry.name());
                return retry;
            };
        }

        @Bean
        List<String> names() {
            return new ArrayList<>();
        }

        @Bean
        TimeSource time() {
            return new VirtualTime();
        }
    }

    @Test
    void retriesOfTheApplication_areInTheRegistry_andAreNotCustomized() {
        try (ConfigurableApplicationContext context = TestApplication.start(folder, TWO, WithOwnRetry.class)) {
            Retries retries = context.getBean(Retries.class);
            assertThat(retries.names()).containsExactlyInAnyOrder("payments", "search", "mail");
            assertThat(context.getBean("names")).isEqualTo(List.of("payments", "search"));
            assertThat(retries.get("payments").time()).isSameAs(context.getBean(TimeSource.class));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Renaming {
        @Bean
        RetryCustomizer renaming() {
            return retry -> retry.withName("other");
        }
    }

    @Test
    void customizer_thatRenames_isRefused(CapturedOutput output) {
        assertThatThrownBy(() -> TestApplication.start(folder, TWO, Renaming.class));
        assertThat(output.getAll()).contains("'payments' to 'other'");
    }

    @Test
    void meters_ofEachRetry_areInTheRegistryOfTheApplication() {
        try (ConfigurableApplicationContext context = TestApplication.start(folder, TWO, WithService.class)) {
            assertThatThrownBy(context.getBean(Service.class)::charge).isInstanceOf(ConnectException.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("respite.attempts").tag("name", "payments").functionCounters())
                    .isNotEmpty();
        }
    }

    private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

    @Test
    void context_ofAnAsynchronousCall_isCarriedToLaterAttempts() {
        ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", TENANT);
        TENANT.set("acme");
        try (ConfigurableApplicationContext context = TestApplication.start(folder, TWO)) {
            List<String> seen = new ArrayList<>();
            Retry retry = context.getBean(Retries.class).get("payments");
            CompletableFuture<String> call = retry.callAsync(() -> {
                seen.add(TENANT.get());
                return seen.size() < 3
                        ? CompletableFuture.failedFuture(new ConnectException())
                        : CompletableFuture.completedFuture("value");
            });
            assertThat(call.join()).isEqualTo("value");
            assertThat(seen).containsExactly("acme", "acme", "acme");
        } finally {
            TENANT.remove();
            ContextRegistry.getInstance().removeThreadLocalAccessor("tenant");
        }
    }

    /** Keeps the names of events. */
    static final class Events implements ObservationHandler<Observation.Context> {
        final List<String> seen = new ArrayList<>();

        @Override
        public void onEvent(Observation.Event event, Observation.Context context) {
            seen.add(event.getName() + " " + event.getContextualName());
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Observing {
        @Bean
        Events events() {
            return new Events();
        }
    }

    @Test
    void observation_thatIsCurrent_hasAnEventForEachFailedAttempt() {
        try (ConfigurableApplicationContext context = TestApplication.start(folder, TWO, Observing.class)) {
            Retry retry = context.getBean(Retries.class).get("search");
            Observation.createNotStarted("order", context.getBean(ObservationRegistry.class))
                    .observe(() -> assertThatThrownBy(() -> retry.run(() -> {
                                throw new ConnectException();
                            }))
                            .isInstanceOf(ConnectException.class));
            List<String> seen = context.getBean(Events.class).seen;
            assertThat(seen).hasSize(3);
            assertThat(seen.get(0)).startsWith("respite.attempt.failed search: attempt 1: connect, next in ");
            assertThat(seen.get(2)).startsWith("respite.call.ended search: 2 attempts in ");
        }
    }

    @Test
    void doctor_findsClientsThatRetry_onceEach(CapturedOutput output) {
        TestApplication.start(folder, TWO).close();
        assertThat(output.getAll()).doesNotContain("apache5 is on the class path");
        assertThat(output.getAll().lines().filter(line -> line.contains("resilience4j is on the class path")))
                .hasSize(1);
    }

    @Test
    void doctor_offOrIgnored_isSilent(CapturedOutput output) {
        TestApplication.start(folder, TWO + "  doctor: off\n").close();
        TestApplication.start(folder, TWO + "  doctor-ignore: resilience4j\n").close();
        assertThat(output.getAll()).doesNotContain("is on the class path");
    }

    @Test
    void doctor_fail_doesNotStart(CapturedOutput output) {
        assertThatThrownBy(() -> TestApplication.start(folder, TWO + "  doctor: fail\n"));
        assertThat(output.getAll()).contains("respite.doctor").contains("hasGivenUp");
    }

    @Test
    void doctor_unknownName_isRefused(CapturedOutput output) {
        assertThatThrownBy(() -> TestApplication.start(folder, TWO + "  doctor-ignore: apache\n"));
        assertThat(output.getAll()).contains("did you mean 'apache5'?");
    }
}
