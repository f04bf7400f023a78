package dev.respite.spring.boot.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** The responses of a service with WebFlux, whose calls to the one below fail. */
@TestInstance(Lifecycle.PER_CLASS)
class FluxAdviceTest {

    private final Services services = new Services();
    private final FaultyServer c = FaultyServer.start();
    private ConfigurableApplicationContext b;

    @BeforeAll
    void start() {
        c.otherwise(Reply.of(503));
        b = service();
    }

    private ConfigurableApplicationContext service(String... properties) {
        String[] all = java.util.Arrays.copyOf(properties, properties.length + 2);
        all[properties.length] = "respite.policies.below.max-attempts=3";
        all[properties.length + 1] = "respite.policies.local.max-attempts=2";
        return services.start(WebApplicationType.REACTIVE, c.uri(), FluxService.Application.class, all);
    }

    @AfterAll
    void close() {
        services.close();
        c.close();
    }

    @ParameterizedTest
    @CsvSource({"/uncaught, 500", "/answered, 502", "/elsewhere, 502", "/blocking, 500"})
    void error_thatIsTheEndOfARetry_advisesAgainstAnother(String path, int status) throws Exception {
        HttpResponse<String> response = services.get(b, path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().allValues("x-should-retry")).containsExactly("false");
    }

    @ParameterizedTest
    @CsvSource({"/handled, 200", "/other, 500", "/own, 503"})
    void otherResponse_hasNoAdvice(String path, int status) throws Exception {
        int before = c.requests().size();
        HttpResponse<String> response = services.get(b, path);

        assertThat(c.requests()).hasSize(before + 3);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().map()).doesNotContainKey("x-should-retry");
    }

    @Test
    void error_ifAdviceIsSwitchedOff_hasNone() throws Exception {
        HttpResponse<String> response = services.get(service("respite.http.advice=false"), "/uncaught");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.headers().map()).doesNotContainKey("x-should-retry");
    }
}
