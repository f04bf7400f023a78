package dev.respite.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.outcome.StopReason;
import dev.respite.testsupport.LogLines;
import dev.respite.time.VirtualTime;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** {@code RestClient} with the interceptor on virtual time. An inner interceptor returns the responses. */
class InterceptedExchangeTest {

    private static final URI PAYMENTS = URI.create("http://shop/payments?token=secret");

    private final VirtualTime time = new VirtualTime();
    private final Calls calls = new Calls();
    private final HttpRetry retry = calls.retry(time, "");
    private final HttpRetry keyed = retry.withIdempotencyKeys(IdempotencyKeys.supportedBy(URI.create("http://shop")));

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private static RestClient client(RespiteInterceptor interceptor, ScriptedResponse... responses) {
        List<ScriptedResponse> left = new ArrayList<>(List.of(responses));
        return RestClient.builder()
                .requestInterceptor(interceptor)
                .requestInterceptor((request, body, execution) -> left.remove(0))
                .build();
    }

    private static int post(RestClient client) {
        return client.post()
                .uri(PAYMENTS)
                .exchange((request, response) -> response.getStatusCode().value());
    }

    @ParameterizedTest
    @EnumSource(names = {"MOVED_PERMANENTLY", "FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT", "PERMANENT_REDIRECT"})
    void redirect_ofAClientWithKeys_isRejectedWithoutQueriesAndClosed(HttpStatus status) {
        ScriptedResponse redirect = ScriptedResponse.redirect(status, "http://other/paid?token=secret");
        RestClient client = client(RespiteInterceptor.of(keyed).withoutRedirects(), redirect);
        assertThatThrownBy(() -> post(client))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("POST http://shop/payments?… was answered by status " + status.value()
                        + " with Location 'http://other/paid?…'")
                .hasMessageContaining(
                        status == HttpStatus.SEE_OTHER
                                ? "read the result there"
                                : "make it the base URL of the client");
        assertThat(redirect.isClosed()).isTrue();
    }

    @Test
    void redirect_toARelativeLocation_isRejectedWithoutItsQuery() {
        RespiteInterceptor interceptor = RespiteInterceptor.of(keyed).withoutRedirects();
        RestClient toPath = client(interceptor, ScriptedResponse.redirect(HttpStatus.FOUND, "/login"));
        assertThatThrownBy(() -> post(toPath)).hasMessageContaining("with Location '/login'");
        RestClient toQuery = client(interceptor, ScriptedResponse.redirect(HttpStatus.FOUND, "?token=secret"));
        assertThatThrownBy(() -> post(toQuery)).hasMessageContaining("with Location '?…'");
    }

    @Test
    void response_thatIsNoRedirect_isReturnedWhateverItsLocation() {
        RespiteInterceptor interceptor = RespiteInterceptor.of(keyed).withoutRedirects();
        assertThat(post(client(interceptor, ScriptedResponse.redirect(HttpStatus.CREATED, "/payments/1"))))
                .isEqualTo(201);
        assertThat(post(client(interceptor, ScriptedResponse.of(HttpStatus.FOUND))))
                .isEqualTo(302);
    }

    @Test
    void redirect_ofAClientThatMayFollowItOrHasNoKeys_isReturned() {
        ScriptedResponse redirect = ScriptedResponse.redirect(HttpStatus.FOUND, "/login");
        assertThat(post(client(RespiteInterceptor.of(keyed), redirect))).isEqualTo(302);
        assertThat(post(client(RespiteInterceptor.of(retry).withoutRedirects(), redirect)))
                .isEqualTo(302);
    }

    @Test
    void mintedKeys_ofAClientThatMayFollowRedirects_areReportedOnce() {
        try (LogLines lines = LogLines.of("dev.respite")) {
            ScriptedResponse created = ScriptedResponse.of(HttpStatus.CREATED);
            post(client(RespiteInterceptor.of(keyed).withoutRedirects(), created));
            post(client(RespiteInterceptor.of(retry), created));
            assertThat(lines.all()).isEmpty();
            RestClient client = client(RespiteInterceptor.of(keyed), created, created);
            post(client);
            assertThat(lines.all())
                    .singleElement()
                    .asString()
                    .contains("RespiteInterceptor.of(retry).withoutRedirects()");
            post(client);
            assertThat(lines.all()).hasSize(1);
        }
    }

    @Test
    void response_whoseStatusCannotBeRead_isClosedAndRetried() {
        ScriptedResponse broken = ScriptedResponse.broken();
        RestClient client = client(RespiteInterceptor.of(retry), broken, ScriptedResponse.of(HttpStatus.OK));
        assertThat(client.get().uri(PAYMENTS).retrieve().body(String.class)).isEqualTo("scripted");
        assertThat(broken.isClosed()).isTrue();
    }

    @Test
    void reasonPhraseAndBody_ofTheLastResponse_areKept() {
        RestClient client = client(
                RespiteInterceptor.of(calls.retry(time, "max-attempts=1")),
                ScriptedResponse.of(HttpStatus.BAD_GATEWAY));
        assertThatThrownBy(() -> client.get().uri(PAYMENTS).retrieve().toBodilessEntity())
                .isInstanceOfSatisfying(HttpServerErrorException.class, thrown -> {
                    assertThat(thrown.getStatusText()).isEqualTo("Scripted 502");
                    assertThat(thrown.getResponseBodyAsString()).isEqualTo("scripted");
                });
    }

    @Test
    void interruptBeforeTheFirstAttempt_isAnInterruptedIOExceptionWithTheFlag() {
        RestClient client = client(RespiteInterceptor.of(retry));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> client.get().uri(PAYMENTS).retrieve().toBodilessEntity())
                .isInstanceOf(ResourceAccessException.class)
                .hasCauseInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void rejectedBody_thatIsSlow_isInterruptedAndTheCallGoesOn() {
        AtomicBoolean interrupted = new AtomicBoolean();
        ScriptedResponse rejected = ScriptedResponse.readBy(HttpStatus.SERVICE_UNAVAILABLE, () -> {
            time.advance(Duration.ofMillis(100));
            interrupted.set(Thread.interrupted());
            throw new InterruptedIOException();
        });
        RestClient client = client(RespiteInterceptor.of(retry), rejected, ScriptedResponse.of(HttpStatus.OK));
        assertThat(client.get().uri(PAYMENTS).retrieve().body(String.class)).isEqualTo("scripted");
        assertThat(interrupted).isTrue();
        assertThat(rejected.isClosed()).isTrue();
    }

    /** As the stream of Jetty's client, it clears the interrupt flag. */
    @Test
    void interruptWhileARejectedBodyIsRead_endsTheCallWithTheFlag() {
        ScriptedResponse rejected = ScriptedResponse.readBy(HttpStatus.SERVICE_UNAVAILABLE, () -> {
            throw new InterruptedIOException();
        });
        int status = client(RespiteInterceptor.of(retry), rejected, ScriptedResponse.of(HttpStatus.OK))
                .get()
                .uri(PAYMENTS)
                .exchange((request, response) -> response.getStatusCode().value());
        assertThat(status).isEqualTo(503);
        assertThat(calls.reason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(Thread.interrupted()).isTrue();
    }
}
