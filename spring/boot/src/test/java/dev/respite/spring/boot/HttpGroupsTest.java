package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.spring.Retries;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;

/**
 * HTTP interfaces and builders in an application with nothing but our dependency and properties, against a server that fails over
 * real sockets.
 */
@ParameterizedClass
@EnumSource(HttpGroupsTest.Client.class)
@ExtendWith(OutputCaptureExtension.class)
class HttpGroupsTest {

    /** Which client the interfaces use. */
    enum Client {
        REST_CLIENT(RestClients.class),
        WEB_CLIENT(WebClients.class);

        final Class<?> configuration;

        Client(Class<?> configuration) {
            this.configuration = configuration;
        }
    }

    interface Payments {
        @GetExchange("/payments/1")
        String get();

        @PostExchange("/payments")
        String pay();
    }

    interface Search {
        @GetExchange("/search")
        String get();

        @PostExchange("/search")
        String post();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportHttpServices(group = "payments", types = Payments.class)
    @ImportHttpServices(group = "search", types = Search.class)
    static class RestClients {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportHttpServices(group = "payments", types = Payments.class, clientType = ClientType.WEB_CLIENT)
    @ImportHttpServices(group = "search", types = Search.class, clientType = ClientType.WEB_CLIENT)
    static class WebClients {}

    @TempDir
    private Path folder;

    private final FaultyServer server = FaultyServer.start();
    private final Client client;

    HttpGroupsTest(Client client) {
        this.client = client;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private ConfigurableApplicationContext start(URI uri, String budget, String... more) {
        return TestApplication.start(folder, yaml(uri, budget) + String.join("\n", more), client.configuration);
    }

    static String yaml(URI uri, String budget) {
        return """
                respite:
                  policies:
                    payments:
                      max-attempts: 4
                      attempt-timeout: 2s
                      base-delay: 5ms
                      budget: %s
                      errors:
                        "503": { max-attempts: 3 }
                  http:
                    groups:
                      payments:
                        policy: payments
                        idempotency-keys: true
                      search:
                        policy: payments
                spring.http.serviceclient.payments.base-url: %s
                spring.http.serviceclient.search.base-url: %s
                """.formatted(budget, uri, uri);
    }

    private ConfigurableApplicationContext start(String... more) {
        return start(base(), "off", more);
    }

    private URI base() {
        return URI.create(server.uri().toString().replaceAll("/$", ""));
    }

    @Test
    void get_on503_makesThreeRequests() {
        server.otherwise(Reply.of(503));
        try (ConfigurableApplicationContext context = start()) {
            assertThatThrownBy(context.getBean(Payments.class)::get).hasMessageContaining("503");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void get_on503WithTheDefaultBudgetAfterFortyCalls_makesThreeRequests() {
        try (ConfigurableApplicationContext context = start(base(), "fleet")) {
            Payments payments = context.getBean(Payments.class);
            for (int i = 0; i < 40; i++) {
                assertThat(payments.get()).isEqualTo("ok");
            }
            server.otherwise(Reply.of(503));
            assertThatThrownBy(payments::get).hasMessageContaining("503");
            assertThat(server.requests()).hasSize(43);
        }
    }

    @Test
    void get_on404_makesOneRequest() {
        server.otherwise(Reply.of(404));
        try (ConfigurableApplicationContext context = start()) {
            assertThatThrownBy(context.getBean(Payments.class)::get).hasMessageContaining("404");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void get_onRefusal_makesFourAttempts() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (ConfigurableApplicationContext context = start(URI.create("http://127.0.0.1:" + port), "off")) {
            assertThatThrownBy(context.getBean(Payments.class)::get).isInstanceOf(RuntimeException.class);
            assertThat(context.getBean(Retries.class).get("payments").counts().attempts())
                    .isEqualTo(4);
        }
    }

    @Test
    void keyedPost_afterAReset_isSentAgainWithTheSameKey() {
        server.then(ServerFault.reset());
        try (ConfigurableApplicationContext context = start()) {
            assertThat(context.getBean(Payments.class).pay()).isEqualTo("ok");
            List<List<String>> keys = server.requests().stream()
                    .map(request -> request.values("Idempotency-Key"))
                    .toList();
            assertThat(keys).hasSize(2);
            assertThat(keys.get(0)).hasSize(1).isEqualTo(keys.get(1));
        }
    }

    @Test
    void postOfAGroupWithoutKeys_afterAReset_isSentOnce() {
        server.then(ServerFault.reset());
        try (ConfigurableApplicationContext context = start()) {
            assertThatThrownBy(context.getBean(Search.class)::post).isInstanceOf(RuntimeException.class);
            assertThat(server.requests()).hasSize(1);
            assertThat(server.requests().get(0).values("Idempotency-Key")).isEmpty();
        }
    }

    @Test
    void laterAttempts_carryTheirNumber() {
        server.then(Reply.of(503), Reply.of(503));
        try (ConfigurableApplicationContext context = start()) {
            assertThat(context.getBean(Payments.class).get()).isEqualTo("ok");
            assertThat(server.requests().get(0).values("Respite-Attempt")).isEmpty();
            assertThat(server.requests().get(2).values("Respite-Attempt")).containsExactly("3");
        }
    }

    @Test
    void builders_withoutAPolicyForThem_areNotRetried() {
        server.otherwise(Reply.of(503));
        try (ConfigurableApplicationContext context = start()) {
            RestClient rest = context.getBean(RestClient.Builder.class).build();
            assertThatThrownBy(() -> rest.get().uri(base()).retrieve().toBodilessEntity());
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void builders_withAPolicyForThem_areRetriedAndGroupsKeepTheirOwn() {
        server.otherwise(Reply.of(503));
        try (ConfigurableApplicationContext context = start("""
                respite.policies.others: { max-attempts: 2, base-delay: 5ms, budget: off }
                respite.http.policy: others
                """)) {
            RestClient rest = context.getBean(RestClient.Builder.class).build();
            assertThatThrownBy(() -> rest.get().uri(base()).retrieve().toBodilessEntity());
            assertThat(server.requests()).hasSize(2);
            WebClient web = context.getBean(WebClient.Builder.class).build();
            assertThatThrownBy(
                    () -> web.get().uri(base()).retrieve().toBodilessEntity().block());
            assertThat(server.requests()).hasSize(4);
            var template = context.getBean(RestTemplateBuilder.class).build();
            assertThatThrownBy(() -> template.getForObject(base(), String.class));
            assertThat(server.requests()).hasSize(6);
            assertThatThrownBy(context.getBean(Search.class)::get);
            assertThat(server.requests()).hasSize(9);
        }
    }

    @Test
    void otherInterceptors_runForEachAttempt() {
        server.then(Reply.of(503));
        try (ConfigurableApplicationContext context = start("respite.http.policy: payments")) {
            int[] runs = new int[1];
            RestClient rest = context.getBean(RestClient.Builder.class)
                    .requestInterceptor((request, body, execution) -> {
                        request.getHeaders().set(HttpHeaders.AUTHORIZATION, "Bearer " + ++runs[0]);
                        return execution.execute(request, body);
                    })
                    .build();
            assertThat(rest.get().uri(base()).retrieve().body(String.class)).isEqualTo("ok");
            assertThat(server.requests().get(1).values("Authorization")).containsExactly("Bearer 2");
        }
    }

    @Test
    void settingsOfSpringBoot_keepWorking() {
        server.then(ServerFault.hang());
        try (ConfigurableApplicationContext context = start("spring.http.clients.read-timeout: 200ms")) {
            assertThat(context.getBean(Payments.class).get()).isEqualTo("ok");
            assertThat(server.requests()).hasSize(2);
        }
    }

    private void refuses(CapturedOutput output, String more, String... expected) {
        assertThatThrownBy(() -> start(more).close());
        assertThat(output.getAll()).contains("APPLICATION FAILED TO START").contains(expected);
    }

    @Test
    void unknownPolicyOfAGroup_failsAtStartWithTheNearest(CapturedOutput output) {
        refuses(
                output,
                "respite.http.groups.search.policy: paymnts",
                "respite.http.groups.search.policy",
                "did you mean 'payments'?",
                "application.yaml");
    }

    @Test
    void keysWithoutABaseUrl_areRefused(CapturedOutput output) {
        refuses(
                output,
                "respite.http.groups.mail: { policy: payments, idempotency-keys: true }",
                "respite.http.groups.mail.idempotency-keys",
                "spring.http.serviceclient.mail.base-url");
    }

    @Test
    void groupThatDoesNotExist_isRejected(CapturedOutput output) {
        refuses(
                output,
                "respite.http.groups.serach.policy: payments",
                "no HTTP service group has the name 'serach'",
                "did you mean 'search'?",
                "the groups are payments, search");
    }

    @Test
    void keysOfAGroupThatFollowsRedirects_areRejected(CapturedOutput output) {
        refuses(
                output,
                "spring.http.serviceclient.payments.redirects: follow-when-possible",
                "spring.http.serviceclient.payments.redirects",
                "set it to dont-follow");
    }

    @Test
    void redirectOfAGroupWithKeys_isAFailureThatNamesTheLocation() {
        server.otherwise(Reply.of(307)
                .header("Location", server.uri("/elsewhere?token=s3cret").toString()));
        try (ConfigurableApplicationContext context = start("spring.http.clients.redirects: follow")) {
            assertThatThrownBy(context.getBean(Payments.class)::pay)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("POST")
                    .hasMessageContaining("307")
                    .hasMessageContaining("/elsewhere?…'")
                    .hasMessageContaining("base URL");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void keysOfBuildersThatFollowRedirects_areRejected(CapturedOutput output) {
        try (ConfigurableApplicationContext context = start("""
                respite.http: { policy: payments, idempotency-keys: "https://pay.example.com" }
                spring.http.clients.redirects: follow
                """)) {
            Class<?> builder = client == Client.REST_CLIENT ? RestClient.Builder.class : WebClient.Builder.class;
            assertThatThrownBy(() -> context.getBean(builder))
                    .rootCause()
                    .hasMessageContaining("set it to dont-follow");
        } catch (RuntimeException rejected) {
            assertThat(output.getAll()).contains("spring.http.clients.redirects", "set it to dont-follow");
        }
    }

    @Test
    void keysWithoutAPolicy_areRejected(CapturedOutput output) {
        refuses(
                output,
                "respite.http.idempotency-keys: https://pay.example.com",
                "respite.http.idempotency-keys",
                "has no effect without a policy");
    }

    @Test
    void unprocessed429_ofItsOrigin_sendsAPostAgain() {
        server.then(Reply.of(429));
        try (ConfigurableApplicationContext context = start("respite.http.groups.search.unprocessed-429: true")) {
            assertThat(context.getBean(Search.class).post()).isEqualTo("ok");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void unprocessed429_ofAnotherOrigin_doesNot() {
        server.then(Reply.of(429));
        try (ConfigurableApplicationContext context =
                start("respite.http.groups.search.unprocessed-429: https://search.example.com")) {
            assertThatThrownBy(context.getBean(Search.class)::post).hasMessageContaining("429");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void unprocessed429_ofAGroupThatFollowsRedirects_isRejected(CapturedOutput output) {
        refuses(
                output,
                "respite.http.groups.search.unprocessed-429: true\n"
                        + "spring.http.serviceclient.search.redirects: follow",
                "spring.http.serviceclient.search.redirects",
                "respite.http.groups.search.unprocessed-429 may not hold");
    }

    /** With its hint, the request would not be sent again before the limit of hints. */
    @Test
    void withoutVendorHints_ofItsOrigin_readsRetryAfterOnly() {
        server.then(Reply.of(429).header("x-ratelimit-reset-requests", "20s"));
        try (ConfigurableApplicationContext context = start(
                "respite.http.groups.search.without-vendor-hints: " + base(),
                "respite.policies.payments.retry-after-limit: 1s")) {
            assertThat(context.getBean(Search.class).get()).isEqualTo("ok");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void originsThatCannotBeUsed_areRejected(CapturedOutput output) {
        refuses(
                output,
                "respite.http.groups.search.without-vendor-hints: search.example.com",
                "respite.http.groups.search.without-vendor-hints",
                "search.example.com",
                "application.yaml");
        refuses(
                output,
                "respite.http.unprocessed-429: https://search.example.com",
                "respite.http.unprocessed-429",
                "has no effect without a policy");
    }
}
