package dev.respite.spring.boot.test.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.spring.boot.test.RepeatedPosts;
import dev.respite.spring.boot.test.WithVirtualTime;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.TestRestTemplate;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.client.MockMvcClientHttpRequestFactory;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The context of {@link PaymentsTest}, in its details. */
@SpringBootTest
@AutoConfigureMockMvc
@WithVirtualTime
class WithVirtualTimeTest {

    @Autowired
    private ApplicationContext context;

    @Autowired
    private VirtualTime time;

    @Autowired
    private MockMvc mvc;

    private final RepeatedPosts posts = RepeatedPosts.create();

    private RestTestClient.RequestHeadersSpec<?> post(String path) {
        return RestTestClient.bindTo(mvc)
                .requestInterceptor(posts)
                .build()
                .post()
                .uri(path)
                .body(new Payment("bob", 1));
    }

    private long payments() {
        return context.getBean(JdbcTemplate.class).queryForObject("SELECT COUNT(*) FROM payment", Long.class);
    }

    @Test
    void timeSource_ofTheApplication_isTheVirtualTime() {
        TimeSource ofTheApplication = context.getBean(TimeSource.class);
        assertThat(context.getBean("time")).isSameAs(ofTheApplication);
        assertThat(context.getBeansOfType(TimeSource.class).values()).containsOnly(ofTheApplication, time);
        long before = time.nanoTime();
        time.advance(Duration.ofHours(1));
        assertThat(ofTheApplication.nanoTime() - before)
                .isEqualTo(Duration.ofHours(1).toNanos());
    }

    @Test
    void retries_madeByTheApplicationOrFromProperties_useTheVirtualTime() {
        Map<String, Retry> retries = context.getBeansOfType(Retry.class);
        assertThat(retries).containsOnlyKeys("own", "quotesRetry");
        assertThat(retries.values())
                .allSatisfy(retry -> assertThat(retry.time()).isSameAs(context.getBean(TimeSource.class)));
        long before = time.nanoTime();
        assertThatThrownBy(() -> retries.get("own").run(() -> {
                    throw new ConnectException("down");
                }))
                .isInstanceOf(ConnectException.class);
        assertThat(Duration.ofNanos(time.nanoTime() - before)).isGreaterThan(Duration.ofMinutes(1));
    }

    @Test
    void post_toAMethodWithoutTheAnnotation_failsWithTheRemedy() {
        assertThatThrownBy(() -> post("/unprotected").exchange())
                .hasStackTraceContaining("AssertionError: the repeated POST /unprotected was executed again")
                .hasStackTraceContaining("annotate the handler with @Idempotent");
    }

    @Test
    void assertion_ofTwoEffects_fails() {
        assertThatThrownBy(() -> posts.assertTookEffectOnce(
                        this::payments, () -> post("/twice").exchange()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("took effect 2 times instead of once");
    }

    @Test
    void assertion_ofAClientThatRepeatsNothing_fails() {
        assertThatThrownBy(() -> RepeatedPosts.create()
                        .assertTookEffectOnce(
                                this::payments, () -> post("/payments").exchange()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no POST was repeated");
    }

    @Test
    void response_ofAnError_isPassedOn() {
        RestTestClient client =
                RestTestClient.bindTo(mvc).requestInterceptor(posts).build();
        client.post().uri("/payments").exchange().expectStatus().is4xxClientError();
        client.get().uri("/payments").exchange().expectStatus().isEqualTo(405);
    }

    @Test
    void testRestTemplate_withTheInterceptor_repeatsPosts() {
        TestRestTemplate template = new TestRestTemplate();
        template.getRestTemplate().setRequestFactory(new MockMvcClientHttpRequestFactory(mvc));
        template.getRestTemplate().getInterceptors().add(posts);
        posts.assertTookEffectOnce(
                this::payments,
                () -> template.postForEntity("http://localhost/payments", new Payment("bob", 1), String.class));
    }
}
