package dev.respite.stacks.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.apache5.ApacheRetry;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.FaultyServer.Received;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import feign.FeignException;
import feign.Retryer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.cloud.openfeign.FeignClientFactory;
import org.springframework.cloud.openfeign.clientconfig.HttpClient5FeignConfiguration.HttpClientBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;

/** Spring Cloud OpenFeign over Apache HttpClient 5. Its clients have no {@link Retryer}, and Apache's own retries. */
class OpenFeignTest {

    private final FaultyServer server = FaultyServer.start();

    @FeignClient(name = "payments", url = "${payments.url}")
    interface Payments {
        @GetMapping("/")
        String get();

        @PostMapping("/")
        String pay(@RequestBody String amount);

        @PostMapping("/")
        String pay(@RequestHeader("Idempotency-Key") String key, @RequestBody String amount);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableFeignClients(clients = Payments.class)
    static class WithoutRespite {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableFeignClients(clients = Payments.class)
    static class WithRespite {
        @Bean
        HttpClientBuilderCustomizer feignRetries(@Qualifier("payments") Retry retry) {
            return ApacheRetry.of(HttpRetry.of(retry))::install;
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    private ConfigurableApplicationContext start(Class<?> application) {
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.main.banner-mode=off",
                        "--payments.url=" + server.uri(""),
                        "--respite.policies.payments.max-attempts=3",
                        "--respite.policies.payments.base-delay=1ms",
                        "--respite.policies.payments.jitter=none",
                        "--respite.policies.payments.budget=off");
    }

    /** Makes calls that fail, and returns the requests of a GET, a POST and a POST with a key. */
    private List<Integer> requests(Payments payments, ServerFault fault) {
        server.otherwise(fault);
        return List.of(
                count(payments::get),
                count(() -> payments.pay("100 EUR")),
                count(() -> payments.pay("order-1", "100 EUR")));
    }

    private int count(Runnable call) {
        int before = server.requests().size();
        assertThatThrownBy(call::run).isInstanceOf(FeignException.class);
        return server.requests().size() - before;
    }

    @Test
    void call_withOneBean_isRetriedAsTheRulesPermit() {
        try (ConfigurableApplicationContext context = start(WithRespite.class)) {
            Payments payments = context.getBean(Payments.class);
            List<Integer> permitted = List.of(3, 1, 3);
            assertThat(requests(payments, Reply.of(503))).isEqualTo(permitted);
            assertThat(requests(payments, Reply.of(503).header("Retry-After", "0")))
                    .isEqualTo(permitted);
            assertThat(requests(payments, ServerFault.close())).isEqualTo(permitted);
            server.otherwise(Reply.of(200).body("paid")).then(Reply.of(503));
            assertThat(payments.pay("order-2", "7 EUR")).isEqualTo("paid");
            assertThat(server.requests()
                            .subList(
                                    server.requests().size() - 2,
                                    server.requests().size()))
                    .extracting(Received::text)
                    .containsOnly("7 EUR");
        }
    }

    /** The reason for the bean, and for the warning. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void call_withoutTheBean_isRepeatedByApache(CapturedOutput output) {
        try (ConfigurableApplicationContext context = start(WithoutRespite.class)) {
            assertThat(requests(context.getBean(Payments.class), Reply.of(503))).isEqualTo(List.of(2, 2, 2));
            assertThat(context.getBean(FeignClientFactory.class).getInstance("payments", Retryer.class))
                    .isSameAs(Retryer.NEVER_RETRY);
            assertThat(output.getAll()).containsOnlyOnce("in Spring Cloud 2 by its Apache client");
        }
    }
}
