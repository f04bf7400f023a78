package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.KEY;
import static dev.respite.idempotency.servlet.TomcatFixture.isReplay;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests of pages of another origin, with an earlier filter that permits them. */
class CorsTest {

    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
        fixture.add(
                (request, response, chain) -> {
                    HttpServletResponse reply = (HttpServletResponse) response;
                    reply.setHeader("Access-Control-Allow-Origin", ((HttpServletRequest) request).getHeader("Origin"));
                    reply.setHeader("Access-Control-Expose-Headers", "Idempotent-Replayed");
                    chain.doFilter(request, response);
                },
                DispatcherType.REQUEST);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void replay_forAPageOfAnotherOrigin_permitsThatPage() throws Exception {
        fixture.servePayments();
        HttpResponse<String> first = pay("https://one.example");
        HttpResponse<String> second = pay("https://two.example");

        assertThat(allowed(first)).isEqualTo("https://one.example");
        assertThat(isReplay(second)).isTrue();
        assertThat(allowed(second)).isEqualTo("https://two.example");
        assertThat(second.headers().firstValue("Access-Control-Expose-Headers")).contains("Idempotent-Replayed");
    }

    /** A record does not have them, so no other page is permitted by them. */
    @Test
    void replay_ofAHandlerThatPermitsAPage_permitsOnlyWhatTheFilterDoes() throws Exception {
        fixture.serve((request, response) -> {
            response.setHeader("Access-Control-Allow-Origin", "https://one.example");
            response.setHeader("Access-Control-Allow-Credentials", "true");
            fixture.pay(request, response);
        });
        pay("https://one.example");
        HttpResponse<String> second = pay("https://two.example");

        assertThat(isReplay(second)).isTrue();
        assertThat(allowed(second)).isEqualTo("https://two.example");
        assertThat(second.headers().firstValue("Access-Control-Allow-Credentials"))
                .isEmpty();
    }

    @Test
    void preflight_needsNeitherKeyNorPrincipal() throws Exception {
        fixture.serve((request, response) -> response.setStatus(204));
        HttpResponse<String> response = fixture.send(fixture.request("/pay", "")
                .setHeader("User", "")
                .header("Origin", "https://one.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", KEY)
                .method("OPTIONS", BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(allowed(response)).isEqualTo("https://one.example");
    }

    private HttpResponse<String> pay(String origin) throws Exception {
        return fixture.send(fixture.request("/pay", "100").header(KEY, "\"k\"").header("Origin", origin));
    }

    private static String allowed(HttpResponse<?> response) {
        return response.headers().firstValue("Access-Control-Allow-Origin").orElse("");
    }
}
