package dev.respite.spring.boot.test.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respite.spring.boot.test.RepeatedPosts;
import dev.respite.spring.boot.test.WithVirtualTime;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.client.RestTestClient;

// The code of docs/testing.md, as a user has it.
@SpringBootTest
@AutoConfigureMockMvc
@WithVirtualTime
class PaymentsTest {

    @Test
    void payment_sentTwice_isMadeOnce(@Autowired MockMvc mvc, @Autowired JdbcTemplate jdbc) {
        RepeatedPosts posts = RepeatedPosts.create();
        RestTestClient client =
                RestTestClient.bindTo(mvc).requestInterceptor(posts).build();
        posts.assertTookEffectOnce(
                () -> jdbc.queryForObject("SELECT COUNT(*) FROM payment", Long.class),
                () -> client.post()
                        .uri("/payments")
                        .body(new Payment("bob", 100))
                        .exchange()
                        .expectStatus()
                        .isCreated());
    }

    @Test
    void quotes_failTwice_areFetchedAfterHalfAnHour(@Autowired Quotes quotes, @Autowired VirtualTime time)
            throws Exception {
        long start = time.nanoTime();
        quotes.fetch();
        assertEquals(Duration.ofMinutes(30), Duration.ofNanos(time.nanoTime() - start));
    }
}
