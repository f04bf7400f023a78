package dev.respite.spring.boot.test.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.spring.boot.test.RepeatedPosts;
import dev.respite.spring.boot.test.WithVirtualTime;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Bean;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.client.RestTestClient;

/** A slice without a database keeps the rules of keys. */
@WebMvcTest(PaymentController.class)
@WithVirtualTime
class SliceTest {

    private static final AtomicLong PAID = new AtomicLong();

    @TestConfiguration(proxyBeanMethods = false)
    static class Fakes {
        @Bean
        Payments payments() {
            return new Payments(null) {
                @Override
                void add(Payment payment) {
                    PAID.incrementAndGet();
                }
            };
        }
    }

    @Autowired
    private MockMvc mvc;

    @Autowired
    private VirtualTime time;

    private final RepeatedPosts posts = RepeatedPosts.create();

    private RestTestClient.ResponseSpec pay(String key) {
        return RestTestClient.bindTo(mvc)
                .requestInterceptor(posts)
                .build()
                .post()
                .uri("/payments")
                .header("Idempotency-Key", key)
                .body(new Payment("bob", 1))
                .exchange();
    }

    @Test
    void post_inASlice_takesEffectOnceUntilItsRetentionHasEnded() {
        posts.assertTookEffectOnce(PAID::get, () -> pay("k").expectStatus().isCreated());
        time.advance(Duration.ofDays(2));
        posts.assertTookEffectOnce(PAID::get, () -> pay("k").expectStatus().isCreated());
        assertThat(PAID).hasValue(2);
    }
}
