package dev.respite.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.time.VirtualTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** Exchanges of clients that ignore interrupts and register how to end them. */
class ExchangeAbortTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final VirtualTime time = new VirtualTime();
    private final Calls calls = new Calls();
    private final AtomicInteger aborted = new AtomicInteger();

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    /** A client whose exchanges are these, one after the other. */
    private RestClient client(ClientHttpRequestInterceptor... exchanges) {
        List<ClientHttpRequestInterceptor> left = new ArrayList<>(List.of(exchanges));
        return RestClient.builder()
                .requestInterceptor(RespiteInterceptor.of(calls.retry(time, "attempt-timeout=1s")))
                .requestInterceptor((request, body, execution) -> left.remove(0).intercept(request, body, execution))
                .build();
    }

    private static ClientHttpRequestInterceptor ok() {
        return (request, body, execution) -> ScriptedResponse.of(HttpStatus.OK);
    }

    private static String get(RestClient client) {
        return client.get().uri("http://shop/quotes").retrieve().body(String.class);
    }

    private void register() {
        RespiteInterceptor.onAbort(aborted::incrementAndGet);
    }

    private void passTheLimit() {
        time.advance(Duration.ofMillis(1001));
        Thread.interrupted();
    }

    /** The action of a real client ends the exchange, which then fails. */
    private ClientHttpResponse hang() throws IOException {
        register();
        time.advance(Duration.ofSeconds(1));
        assertThat(aborted).as("the interrupt has precedence").hasValue(0);
        passTheLimit();
        assertThat(aborted).as("at the limit of the attempt").hasValue(1);
        throw new IOException("aborted");
    }

    @Test
    void exchange_thatHangs_isEndedAtTheAttemptTimeoutAndRetried() {
        assertThat(get(client((request, body, execution) -> hang(), ok()))).isEqualTo("scripted");
        assertThat(calls.end().history().first().get(0).outcome()).isEqualTo("timeout");
    }

    @Test
    void response_thatComesWhenItsExchangeWasEnded_isClosedAndRetried() {
        ScriptedResponse late = ScriptedResponse.of(HttpStatus.OK);
        RestClient client = client(
                (request, body, execution) -> {
                    register();
                    passTheLimit();
                    return late;
                },
                ok());
        assertThat(get(client)).isEqualTo("scripted");
        assertThat(late.isClosed()).isTrue();
        assertThat(calls.end().history().first().get(0).outcome()).isEqualTo("timeout");
    }

    @Test
    void response_thatWasReturned_keepsItsConnection() {
        String body = client(responding(ScriptedResponse.of(HttpStatus.OK)))
                .get()
                .uri("http://shop/quotes")
                .exchange((request, response) -> {
                    time.advance(LONG);
                    return response.bodyTo(String.class);
                });
        assertThat(body).isEqualTo("scripted");
        assertThat(aborted).hasValue(0);
    }

    @Test
    void exchange_thatFails_isEndedBeforeTheNextAttempt() {
        RestClient client = client(
                (request, body, execution) -> {
                    register();
                    throw new IOException("interrupted");
                },
                (request, body, execution) -> {
                    assertThat(aborted).hasValue(1);
                    return ScriptedResponse.of(HttpStatus.OK);
                });
        assertThat(get(client)).isEqualTo("scripted");
    }

    @Test
    void actionThatIsRegisteredAfterTheLimit_runsAtOnce() {
        RestClient client = client(
                (request, body, execution) -> {
                    register();
                    passTheLimit();
                    AtomicInteger second = new AtomicInteger();
                    RespiteInterceptor.onAbort(second::incrementAndGet);
                    assertThat(second).hasValue(1);
                    throw new IOException("aborted");
                },
                ok());
        assertThat(get(client)).isEqualTo("scripted");
    }

    @Test
    void rejectedBody_thatIsSlow_isEndedAndTheCallGoesOn() {
        ScriptedResponse slow = ScriptedResponse.readBy(HttpStatus.SERVICE_UNAVAILABLE, () -> {
            time.advance(Duration.ofMillis(100));
            throw new IOException("aborted");
        });
        assertThat(get(client(responding(slow), ok()))).isEqualTo("scripted");
        assertThat(aborted).hasValue(1);
    }

    @Test
    void rejectedBody_thatIsLong_isEndedAndOneOf64KiBIsNot() {
        assertThat(get(client(responding(rejected(64 * 1024)), ok()))).isEqualTo("scripted");
        time.advance(LONG);
        assertThat(aborted).hasValue(0);
        assertThat(get(client(responding(rejected(64 * 1024 + 1)), ok()))).isEqualTo("scripted");
        assertThat(aborted).hasValue(1);
    }

    private static ScriptedResponse rejected(int length) {
        return ScriptedResponse.of(HttpStatus.SERVICE_UNAVAILABLE, new ByteArrayInputStream(new byte[length]));
    }

    private ClientHttpRequestInterceptor responding(ScriptedResponse response) {
        return (request, sent, execution) -> {
            register();
            return response;
        };
    }

    @Test
    void action_ofNoExchange_isIgnored() {
        register();
        assertThat(get(client(ok()))).isEqualTo("scripted");
        register();
        ClientHttpRequestInterceptor failing = (request, body, execution) -> {
            throw new IOException("reset");
        };
        assertThatThrownBy(() -> get(client(failing, failing, failing)))
                .isInstanceOf(ResourceAccessException.class)
                .hasRootCauseMessage("reset");
        register();
        time.advance(LONG);
        assertThat(aborted).hasValue(0);
    }

    @Test
    void action_afterAnExchangeInsideTheExchange_isThatOfTheOuterOne() {
        RestClient inner = client(ok());
        RestClient outer = client(
                (request, body, execution) -> {
                    assertThat(get(inner)).isEqualTo("scripted");
                    return hang();
                },
                ok());
        assertThat(get(outer)).isEqualTo("scripted");
    }

    @Test
    void exchanges_thatAllHang_endTheCallAsTimeouts() {
        ClientHttpRequestInterceptor hanging = (request, body, execution) -> {
            aborted.set(0);
            return hang();
        };
        RestClient client = client(hanging, hanging, hanging);
        assertThatThrownBy(() -> get(client)).isInstanceOf(ResourceAccessException.class);
        assertThat(calls.end().history().first())
                .extracting(each -> each.outcome())
                .containsOnly("timeout");
    }
}
