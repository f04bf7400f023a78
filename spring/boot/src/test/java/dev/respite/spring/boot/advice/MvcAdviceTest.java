package dev.respite.spring.boot.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;

/** The responses of a service with Spring MVC, B, whose calls to C fail. Each client makes three attempts. */
@ParameterizedClass
@EnumSource(MvcAdviceTest.Client.class)
@TestInstance(Lifecycle.PER_CLASS)
class MvcAdviceTest {

    /** The client of the groups. */
    enum Client {
        REST_CLIENT(RestClients.class),
        WEB_CLIENT(WebClients.class);

        final Class<?> application;

        Client(Class<?> application) {
            this.application = application;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(MvcService.Application.class)
    @ImportHttpServices(group = "below", types = Below.class)
    static class RestClients {}

    @Configuration(proxyBeanMethods = false)
    @Import(MvcService.Application.class)
    @ImportHttpServices(group = "below", types = Below.class, clientType = ClientType.WEB_CLIENT)
    static class WebClients {}

    private final Services services = new Services();
    private final FaultyServer c = FaultyServer.start();

    @Parameter
    private Client client;

    private @Nullable ConfigurableApplicationContext started;
    private ConfigurableApplicationContext b;
    private int before;

    /** A, which calls B by a group. */
    private ConfigurableApplicationContext caller(URI below) {
        return service(WebApplicationType.NONE, below);
    }

    private ConfigurableApplicationContext service(URI below, String... properties) {
        return service(WebApplicationType.SERVLET, below, properties);
    }

    private ConfigurableApplicationContext service(WebApplicationType type, URI below, String... properties) {
        List<String> all = new ArrayList<>(List.of("respite.policies.below.max-attempts=3"));
        all.add("respite.policies.local.max-attempts=2");
        all.addAll(List.of(properties));
        return services.start(type, below, client.application, all.toArray(String[]::new));
    }

    @BeforeEach
    void failC() {
        b = started == null ? service(c.uri()) : started;
        started = b;
        c.otherwise(Reply.of(503));
        before = c.requests().size();
    }

    @AfterAll
    void close() {
        services.close();
        c.close();
    }

    private int requests() {
        return c.requests().size() - before;
    }

    private static @Nullable String advice(HttpResponse<?> response) {
        return response.headers().firstValue("x-should-retry").orElse(null);
    }

    @ParameterizedTest
    @CsvSource({
        "/uncaught, 500",
        "/wrapped, 500",
        "/status/502, 502",
        "/status/599, 599",
        "/empty, 502",
        "/status-exception, 502",
        "/send-error, 503",
        "/mapped, 503",
        "/joined, 500",
        "/constant, 500",
        "/future, 500",
        "/future-answered, 502",
        "/future-joined, 502",
        "/deferred, 500",
        "/callable, 502",
        "/post, 500"
    })
    void error_thatIsTheEndOfARetry_advisesAgainstAnother(String path, int status) throws Exception {
        HttpResponse<String> response = services.get(b, path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().allValues("x-should-retry")).containsExactly("false");
    }

    @ParameterizedTest
    @CsvSource({
        "/status/200, 200",
        "/status/499, 499",
        "/other, 500",
        "/other-mapped, 503",
        "/then-success, 503",
        "/then-late-success, 503",
        "/detached, 503",
        "/committed, 503",
        "/own/x-should-retry/true, 503",
        "/own/Retry-After/7, 503",
    })
    void otherResponse_hasNoAdvice(String path, int status) throws Exception {
        HttpResponse<String> response = services.get(b, path);

        assertThat(requests()).isGreaterThanOrEqualTo(3);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(advice(response)).isIn(null, "true");
    }

    /** No retry is made of these: the caller decides by the status. */
    @ParameterizedTest
    @ValueSource(ints = {404, 501})
    void fatalError_hasNoAdvice(int status) throws Exception {
        c.otherwise(Reply.of(status));

        assertThat(advice(services.get(b, "/uncaught"))).isNull();
        assertThat(advice(services.get(b, "/status/502"))).isNull();
        assertThat(requests()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/uncaught", "/status/502"})
    void adviceOfTheServiceBelow_isPassedOn(String path) throws Exception {
        c.otherwise(Reply.of(503).header("x-should-retry", "false"));

        assertThat(advice(services.get(b, path))).isEqualTo("false");
        assertThat(requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/uncaught", "/status/502"})
    void serviceThatMakesOneAttempt_hasNoAdvice(String path) throws Exception {
        ConfigurableApplicationContext once = service(c.uri(), "respite.policies.below.max-attempts=1");

        assertThat(advice(services.get(once, path))).isNull();
        assertThat(requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"/uncaught, 3", "/status/502, 3", "/retryable, 12", "/resilience, 9"})
    void callerOfTheService_sendsOnce(String path, int requestsOfB) {
        ConfigurableApplicationContext a = caller(Services.uri(b, path));

        assertThatThrownBy(a.getBean(Below.class)::get).hasMessageContaining("50");
        assertThat(requests()).isEqualTo(requestsOfB);
    }

    /** The use of the advice. */
    @Test
    void callerOfAServiceWithoutAdvice_multiplies() {
        ConfigurableApplicationContext silent = service(c.uri(), "respite.http.advice=false");
        ConfigurableApplicationContext a = caller(Services.uri(silent, "/uncaught"));

        assertThatThrownBy(a.getBean(Below.class)::get).hasMessageContaining("500");
        assertThat(requests()).isEqualTo(9);
    }

    /** A, B and C with four attempts each send 4 requests to D, not 64. */
    @Test
    void threeServices_sendAsManyRequestsAsOne() throws Exception {
        String four = "respite.policies.below.max-attempts=4";
        ConfigurableApplicationContext third = service(c.uri(), four);
        ConfigurableApplicationContext second = service(Services.uri(third, "/uncaught"), four);
        ConfigurableApplicationContext first = service(Services.uri(second, "/status/502"), four);

        assertThat(advice(services.get(first, "/uncaught"))).isEqualTo("false");
        assertThat(requests()).isEqualTo(4);
    }

    @Test
    void success_afterARetry_hasNoAdvice() throws Exception {
        ServerFault fails = Reply.of(503);
        c.then(fails, Reply.of(200).body("ok"));

        HttpResponse<String> response = services.get(b, "/uncaught");
        assertThat(response.body()).isEqualTo("ok");
        assertThat(advice(response)).isNull();
    }
}
