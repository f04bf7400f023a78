package dev.respite.spring.boot.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.spring.boot.setup.SetupException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Idempotent endpoints in an application with WebFlux. */
class WebFluxCheckTest {

    @RestController
    static class Payments {
        @Idempotent
        @PostMapping("/payments")
        String pay() {
            return "paid";
        }
    }

    @Test
    void start_withAnIdempotentEndpoint_isRejectedWithARemedyForWebFlux() {
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RespiteIdempotencyCheckAutoConfiguration.class))
                .withUserConfiguration(Payments.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .isInstanceOfSatisfying(SetupException.class, rejected -> {
                            assertThat(rejected).hasMessageContaining("Payments.pay()");
                            assertThat(rejected)
                                    .extracting("action")
                                    .asString()
                                    .contains("WebFlux")
                                    .doesNotContain("Add respite");
                        }));
    }
}
