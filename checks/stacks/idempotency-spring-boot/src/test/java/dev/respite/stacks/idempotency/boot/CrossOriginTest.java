package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.spring.boot.idempotency.Idempotent;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Requests of pages of another origin, which the configuration of Spring MVC permits. No earlier filter adds headers. */
@ParameterizedClass
@MethodSource("dev.respite.stacks.idempotency.boot.CrossOriginTest#stacks")
class CrossOriginTest {

    private static final String ONE = "https://one.example";
    private static final String TWO = "https://two.example";
    private static final String OTHER = "https://other.example";

    private static final String ALLOWED = "Access-Control-Allow-Origin";

    private static final Map<Stack, TestServer> SERVERS = new ConcurrentHashMap<>();

    @Parameter
    private Stack stack;

    private final String key = name("key");
    private final String item = name("item");

    static List<Stack> stacks() {
        return Stack.Container.some()
                .flatMap(container ->
                        List.of(new Stack(container, false, false), new Stack(container, false, true)).stream())
                .toList();
    }

    /** The endpoints, with an annotation of their own or with the configuration of the application. */
    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, Entries.class})
    static class Pages {

        @Bean
        WebMvcConfigurer global() {
            return new WebMvcConfigurer() {
                @Override
                public void addCorsMappings(CorsRegistry registry) {
                    registry.addMapping("/global/**")
                            .allowedOrigins(ONE, TWO)
                            .exposedHeaders("Idempotent-Replayed")
                            .allowCredentials(true);
                }
            };
        }

        @RestController
        static class Payments {

            private final Entries entries;

            Payments(Entries entries) {
                this.entries = entries;
            }

            @PostMapping("/annotated/pay")
            @CrossOrigin(
                    origins = {ONE, TWO},
                    exposedHeaders = "Idempotent-Replayed",
                    allowCredentials = "true")
            @Idempotent
            String annotated(@RequestBody String item) {
                return "paid " + entries.add(item);
            }

            @PostMapping("/global/pay")
            @Idempotent
            String global(@RequestBody String item) {
                return "paid " + entries.add(item);
            }

            @PostMapping("/annotated/gated")
            @CrossOrigin(origins = {ONE, TWO})
            @Idempotent
            String gated(@RequestBody String item) throws InterruptedException {
                Shop.entered(item).countDown();
                Shop.gate(item).await();
                return "paid " + entries.add(item);
            }

            @PostMapping("/annotated/plain")
            @CrossOrigin(origins = {ONE, TWO})
            String plain(@RequestBody String item) {
                return "plain " + entries.add(item);
            }

            @PostMapping("/unlisted")
            @Idempotent
            String unlisted(@RequestBody String item) {
                return "unlisted " + entries.add(item);
            }
        }
    }

    @AfterAll
    static void closeAll() {
        SERVERS.values().forEach(TestServer::close);
        SERVERS.clear();
    }

    private TestServer server() {
        return SERVERS.computeIfAbsent(
                stack,
                each -> each.security()
                        ? TestServer.start(each, List.of(), Pages.class, Members.class)
                        : TestServer.start(each, List.of(), Pages.class));
    }

    private HttpRequest.Builder request(String path, String origin) {
        return server().post(path, item).header("Origin", origin);
    }

    private HttpResponse<String> pay(String path, String origin) {
        return send(request(path, origin).header(KEY, key));
    }

    /** By a connection of its own: Jetty closes one whose request has a body that was not read. */
    private HttpResponse<String> forbidden(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(request(path, OTHER).header(KEY, key).build(), BodyHandlers.ofString());
    }

    private static void assertPermits(HttpResponse<?> response, String origin) {
        assertThat(response.headers().allValues(ALLOWED)).containsExactly(origin);
        assertThat(response.headers().allValues("Vary")).contains("Origin").doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/annotated/pay", "/global/pay"})
    void replay_permitsTheOriginOfItsRequest(String path) {
        HttpResponse<String> first = pay(path, ONE);
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(isReplay(first)).isFalse();
        assertPermits(first, ONE);
        for (String origin : List.of(ONE, TWO)) {
            HttpResponse<String> replay = pay(path, origin);
            assertThat(isReplay(replay)).isTrue();
            assertThat(replay.body()).isEqualTo(first.body());
            assertPermits(replay, origin);
            assertThat(replay.headers().allValues("Access-Control-Expose-Headers"))
                    .containsExactly("Idempotent-Replayed");
            assertThat(replay.headers().allValues("Access-Control-Allow-Credentials"))
                    .containsExactly("true");
        }
        assertThat(server().entries(item)).isEqualTo(1);
        assertThat(server().bean(IdempotencyStore.class).list(State.DONE, Optional.empty(), 1_000))
                .isNotEmpty()
                .allSatisfy(record -> assertThat(
                                record.response().orElseThrow().headers().keySet())
                        .noneMatch(name -> name.startsWith("Access-Control-") || name.equals("Vary")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/annotated/pay", "/global/pay"})
    void forbiddenOrigin_is403AsOfSpring_andClaimsNoKey(String path) throws Exception {
        int records = server().records();
        HttpResponse<String> forbidden = forbidden(path);
        assertThat(forbidden.statusCode()).isEqualTo(403);
        assertThat(forbidden.body()).isEqualTo(forbidden("/annotated/plain").body());
        assertThat(forbidden.headers().map()).doesNotContainKey(ALLOWED);
        assertThat(server().records()).isEqualTo(records);
        assertThat(server().entries(item)).isZero();

        assertThat(isReplay(pay(path, ONE))).isFalse();
        HttpResponse<String> late = forbidden(path);
        assertThat(late.statusCode()).isEqualTo(403);
        assertThat(late.body()).isEqualTo(forbidden.body());
        assertThat(isReplay(late)).isFalse();
        assertThat(server().entries(item)).isEqualTo(1);
    }

    @Test
    void rejection_permitsTheOriginOfItsRequest() throws Exception {
        HttpResponse<String> missing = send(request("/annotated/pay", ONE));
        assertThat(missing.statusCode()).isEqualTo(400);
        assertPermits(missing, ONE);

        HttpRequest.Builder first = request("/annotated/gated", ONE).header(KEY, key);
        CompletableFuture<HttpResponse<String>> running = CompletableFuture.supplyAsync(() -> send(first));
        Shop.entered(item).await();
        HttpResponse<String> busy = pay("/annotated/gated", TWO);
        assertThat(busy.statusCode()).isEqualTo(409);
        assertPermits(busy, TWO);
        Shop.gate(item).countDown();
        assertPermits(running.get(), ONE);

        HttpResponse<String> reused = send(
                server().post("/annotated/gated", "other").header("Origin", TWO).header(KEY, key));
        assertThat(reused.statusCode()).isEqualTo(422);
        assertPermits(reused, TWO);
    }

    @Test
    void requestWithoutAnOrigin_permitsNone() {
        for (boolean isReplay : List.of(false, true)) {
            HttpResponse<String> response = server().post("/annotated/pay", key, item);
            assertThat(isReplay(response)).isEqualTo(isReplay);
            assertThat(response.headers().map()).doesNotContainKey(ALLOWED);
            assertThat(response.headers().allValues("Vary")).contains("Origin");
        }
    }

    @Test
    void methodWithoutAConfiguration_isRunForAnyOriginWithoutHeaders() {
        for (boolean isReplay : List.of(false, true)) {
            HttpResponse<String> response = pay("/unlisted", OTHER);
            assertThat(isReplay(response)).isEqualTo(isReplay);
            assertThat(response.headers().map()).doesNotContainKey(ALLOWED);
        }
        assertThat(server().entries(item)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/annotated/pay", "/global/pay"})
    void preflight_permitsTheOriginAndClaimsNoKey(String path) {
        int records = server().records();
        for (String origin : List.of(ONE, OTHER)) {
            HttpResponse<String> response = send(server().request(path)
                    .header("Authorization", TestServer.basic("alice"))
                    .header("Origin", origin)
                    .header("Access-Control-Request-Method", "POST")
                    .header("Access-Control-Request-Headers", KEY)
                    .method("OPTIONS", BodyPublishers.noBody()));
            assertThat(response.statusCode()).isEqualTo(origin.equals(ONE) ? 200 : 403);
            assertThat(response.headers().allValues(ALLOWED)).isEqualTo(origin.equals(ONE) ? List.of(ONE) : List.of());
        }
        assertThat(server().records()).isEqualTo(records);
    }
}
