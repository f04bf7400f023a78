package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

class UnlessRespiteGaveUpTest {

    static class Client {
        private final Retry retry = Retry.withoutWarnings(
                RetryPolicy.parse("max-attempts=4 base-delay=1ms budget=off"), TimeSource.system());
        int requests;

        private Object request() throws IOException {
            return retry.call(() -> {
                requests++;
                throw new ConnectException("refused");
            });
        }

        @Retryable(maxRetries = 3, delay = 1)
        public Object multiplied() throws IOException {
            return request();
        }

        @Retryable(maxRetries = 3, delay = 1, predicate = UnlessRespiteGaveUp.class)
        public Object once() throws IOException {
            return request();
        }

        @Retryable(maxRetries = 3, delay = 1, predicate = UnlessRespiteGaveUp.class)
        public Object fatal() {
            requests++;
            throw new IllegalStateException("Spring retries it");
        }

        public int requests() {
            int made = requests;
            requests = 0;
            return made;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    static class Resilient {}

    @Test
    void retryable_withThePredicate_makes4RequestsInsteadOf16() {
        try (var context = TestContext.ofClasses(Resilient.class, Client.class)) {
            Client client = context.getBean(Client.class);
            assertThatThrownBy(client::multiplied).isInstanceOf(ConnectException.class);
            assertThat(client.requests()).isEqualTo(16);
            assertThatThrownBy(client::once).isInstanceOf(ConnectException.class);
            assertThat(client.requests()).isEqualTo(4);
            assertThatThrownBy(client::fatal).isInstanceOf(IllegalStateException.class);
            assertThat(client.requests()).isEqualTo(4);
        }
    }
}
