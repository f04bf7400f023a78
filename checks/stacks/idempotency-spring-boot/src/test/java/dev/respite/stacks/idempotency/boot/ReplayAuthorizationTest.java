package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.Members.ADMIN;
import static dev.respite.stacks.idempotency.boot.Members.COLLEAGUE;
import static dev.respite.stacks.idempotency.boot.Members.STRANGER;
import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.spring.boot.idempotency.IdempotencyScope;
import dev.respite.spring.boot.idempotency.Idempotent;
import jakarta.annotation.security.RolesAllowed;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.access.annotation.Secured;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authorization.method.HandleAuthorizationDenied;
import org.springframework.security.authorization.method.NullReturningMethodAuthorizationDeniedHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Callers who send the key and the request of another, with Spring Security. */
@ExtendWith(OutputCaptureExtension.class)
class ReplayAuthorizationTest {

    private static final Stack SECURED = new Stack(Stack.Container.TOMCAT, false, true);
    private static final String LOG = "logging.level.org.springframework.boot.diagnostics=ERROR";

    private final String key = name("key");

    private static TestServer start(List<String> properties, Class<?>... sources) {
        return TestServer.start(SECURED, properties, sources);
    }

    private HttpResponse<String> post(TestServer server, String path, String user) {
        return send(
                request(server, path, user).header("Content-Type", "text/plain").POST(BodyPublishers.ofString("x")));
    }

    private HttpRequest.Builder request(TestServer server, String path, String user) {
        return server.request(path)
                .header("Authorization", TestServer.basic(user))
                .header(KEY, '"' + key + '"');
    }

    private HttpResponse<String> order(TestServer server, String user) {
        return send(request(server, "/orders", user)
                .header("Content-Type", "application/json")
                .header("Tenant", "acme")
                .POST(BodyPublishers.ofString("{\"item\":\"tea\",\"quantity\":1}")));
    }

    @Test
    void guide_keyOfAnotherUser_isAnotherKey() {
        try (TestServer server = start(List.of(), Guide.class, Members.class)) {
            HttpResponse<String> first = order(server, ADMIN);
            assertThat(first.body()).isEqualTo("order 1 of tea");
            assertThat(isReplay(order(server, ADMIN))).isTrue();
            assertThat(order(server, COLLEAGUE).body()).isEqualTo("order 2 of tea");
            assertThat(order(server, STRANGER).body()).isEqualTo("order 3 of tea");
            assertThat(order(server, "nobody").statusCode()).isEqualTo(401);
        }
    }

    /** A scope that all callers share. */
    static class Everyone {
        @Bean
        IdempotencyScope everyone() {
            return request -> Optional.of(Scope.of("everyone"));
        }
    }

    /** Methods of administrators. */
    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, Entries.class, Everyone.class, ByMethod.class, ByClass.class})
    static class Rules {
        @Bean
        NullReturningMethodAuthorizationDeniedHandler nothing() {
            return new NullReturningMethodAuthorizationDeniedHandler();
        }
    }

    @RestController
    static class ByMethod {
        @PostMapping("/pre-authorize")
        @PreAuthorize("hasRole('ADMIN')")
        @Idempotent(scope = "everyone", sharedScope = true)
        String preAuthorize() {
            return "for administrators";
        }

        @PostMapping("/secured")
        @Secured("ROLE_ADMIN")
        @Idempotent(scope = "everyone", sharedScope = true)
        String secured() {
            return "for administrators";
        }

        @PostMapping("/roles-allowed")
        @RolesAllowed("ADMIN")
        @Idempotent(scope = "everyone", sharedScope = true)
        String rolesAllowed() {
            return "for administrators";
        }

        @PostMapping("/denied-handler")
        @PreAuthorize("hasRole('ADMIN')")
        @HandleAuthorizationDenied(handlerClass = NullReturningMethodAuthorizationDeniedHandler.class)
        @Idempotent(scope = "everyone", sharedScope = true)
        String handled() {
            return "for administrators";
        }
    }

    @RestController
    @PreAuthorize("hasRole('ADMIN')")
    static class ByClass {
        @PostMapping("/class")
        @Idempotent(scope = "everyone", sharedScope = true)
        String ofTheClass() {
            return "for administrators";
        }

        @PostMapping("/class-and-method")
        @PreAuthorize("hasAnyRole('ADMIN', 'USER')")
        @Idempotent(scope = "everyone", sharedScope = true)
        String ofTheMethod() {
            return "for members";
        }
    }

    @Test
    void replay_isGrantedByTheRulesOfTheMethod() {
        try (TestServer server = start(List.of(), Rules.class, Members.class)) {
            for (String path : List.of("/pre-authorize", "/secured", "/roles-allowed", "/denied-handler", "/class")) {
                assertThat(post(server, path, ADMIN).body()).as(path).isEqualTo("for administrators");
                assertThat(isReplay(post(server, path, ADMIN))).as(path).isTrue();
                HttpResponse<String> denied = post(server, path, COLLEAGUE);
                assertThat(denied.statusCode()).as(path).isEqualTo(403);
                assertThat(denied.body()).as(path).doesNotContain("for administrators");
            }
            assertThat(post(server, "/class-and-method", ADMIN).body()).isEqualTo("for members");
            assertThat(isReplay(post(server, "/class-and-method", COLLEAGUE))).isTrue();
        }
    }

    /** Rules that read an argument or the result, so that they cannot be evaluated before a replay. */
    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, Everyone.class})
    static class Unreadable {
        @RestController
        static class Methods {
            @PostMapping("/argument")
            @PreAuthorize("#owner == authentication.name")
            @Idempotent(scope = "everyone", sharedScope = true)
            String argument(@RequestParam String owner) {
                return owner;
            }

            @PostMapping("/result")
            @PostAuthorize("returnObject == authentication.name")
            @Idempotent(scope = "everyone", sharedScope = true)
            String result() {
                return "";
            }
        }
    }

    @Test
    void rules_thatReadArgumentsOrTheResult_areRejectedWithASharedScope(CapturedOutput output) {
        assertThatThrownBy(() -> start(List.of(LOG), Unreadable.class, Members.class));
        assertThat(output.getAll())
                .contains("#argument", "preAuthorizeAuthorizationMethodInterceptor")
                .contains("#result", "postAuthorizeAuthorizationMethodInterceptor")
                .contains("name a bean as replayAuthorizer");
    }

    /** The same rules with the principal in the scope, or with an authorizer. */
    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, Everyone.class})
    static class Authorized {
        @Bean
        BiPredicate<HttpServletRequest, IdempotencyRecord> owners() {
            return (request, record) -> request.getUserPrincipal().getName().equals(request.getParameter("owner"));
        }

        @RestController
        static class Methods {
            @PostMapping("/argument")
            @PreAuthorize("#owner == authentication.name")
            @Idempotent(scope = "everyone", sharedScope = true, replayAuthorizer = "owners")
            String argument(@RequestParam String owner) {
                return "for " + owner;
            }

            @PostMapping("/result")
            @PostAuthorize("returnObject != null")
            @Idempotent(scope = "everyone")
            String result() {
                return "result";
            }
        }
    }

    @Test
    void replay_isGrantedByTheAuthorizer_orBelongsToThePrincipal() {
        try (TestServer server = start(List.of(), Authorized.class, Members.class)) {
            String path = "/argument?owner=" + ADMIN;
            assertThat(post(server, path, ADMIN).body()).isEqualTo("for " + ADMIN);
            assertThat(isReplay(post(server, path, ADMIN))).isTrue();
            assertThat(post(server, path, COLLEAGUE).statusCode()).isEqualTo(403);

            assertThat(post(server, "/result", ADMIN).body()).isEqualTo("result");
            assertThat(isReplay(post(server, "/result", ADMIN))).isTrue();
            assertThat(isReplay(post(server, "/result", COLLEAGUE))).isFalse();
        }
    }

    @Test
    void authorizer_thatIsNoBean_isRejected(CapturedOutput output) {
        assertThatThrownBy(() -> start(List.of(LOG), Misnamed.class, Members.class));
        assertThat(output.getAll()).contains("has the name 'owner'; there is owners");
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Authorized.class)
    static class Misnamed {
        @RestController
        static class Methods {
            @PostMapping("/misnamed")
            @Idempotent(replayAuthorizer = "owner")
            String misnamed() {
                return "";
            }
        }
    }

    /** An asynchronous method, whose response others wait for. */
    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, Everyone.class})
    static class Late {

        private final CompletableFuture<Void> entered = new CompletableFuture<>();
        private final CompletableFuture<String> result = new CompletableFuture<>();

        private final AtomicInteger claims = new AtomicInteger();
        private final CompletableFuture<Void> secondClaim = new CompletableFuture<>();

        @Bean
        IdempotencyStore store() {
            IdempotencyStore store = InMemoryIdempotencyStore.create();
            return (IdempotencyStore) Proxy.newProxyInstance(
                    Late.class.getClassLoader(),
                    new Class<?>[] {IdempotencyStore.class},
                    (proxy, method, arguments) -> {
                        Object done = method.invoke(store, arguments);
                        if (method.getName().equals("putIfAbsent") && claims.incrementAndGet() == 2) {
                            secondClaim.complete(null);
                        }
                        return done;
                    });
        }

        @RestController
        static class Methods {

            private final Late late;

            Methods(Late late) {
                this.late = late;
            }

            @PostMapping("/late")
            @PreAuthorize("hasRole('ADMIN')")
            @Idempotent(scope = "everyone", sharedScope = true)
            CompletableFuture<String> late(@RequestBody String unused) {
                late.entered.complete(null);
                return late.result;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ADMIN, COLLEAGUE})
    void replay_thatIsWaitedFor_isGrantedByTheRulesOfTheMethod(String user) throws Exception {
        try (TestServer server = start(List.of("respite.idempotency.max-wait=20s"), Late.class, Members.class)) {
            CompletableFuture<HttpResponse<String>> first =
                    CompletableFuture.supplyAsync(() -> post(server, "/late", ADMIN));
            Late late = server.bean(Late.class);
            // The request ends early only if it fails.
            assertThat(CompletableFuture.anyOf(first, late.entered).get()).isNull();
            CompletableFuture<HttpResponse<String>> second =
                    CompletableFuture.supplyAsync(() -> post(server, "/late", user));
            assertThat(CompletableFuture.anyOf(second, late.secondClaim).get()).isNull();
            late.result.complete("for administrators");
            assertThat(first.get().body()).isEqualTo("for administrators");
            assertThat(second.get().statusCode()).isEqualTo(user.equals(ADMIN) ? 200 : 403);
            assertThat(second.get().body().contains("for administrators")).isEqualTo(user.equals(ADMIN));
        }
    }

    /** The code before scopes had principals computed these names. */
    @ParameterizedTest
    @CsvSource({
        "principal, XuYJQ2A8NUfs-6rBzHklRJlEW0IRHWtjKmyaBNKEUW0",
        "shared, 1qKVAGA1F69rWbipyqRD8eO6x5b6XrsW6z7rB0tr0fs"
    })
    void record_ofADefaultScope_isFoundAfterTheUpgrade(String scope, String storageKey) {
        try (TestServer server = start(List.of("respite.idempotency.scope=" + scope), Guide.class, Members.class)) {
            JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
            jdbc.execute("CREATE TABLE payment (recipient varchar(20), amount integer)");
            HttpResponse<String> paid = send(server.request("/payments")
                    .header("Authorization", TestServer.basic(ADMIN))
                    .header(KEY, "k")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"to\":\"bob\",\"amount\":1}")));
            assertThat(paid.statusCode()).isEqualTo(201);
            assertThat(jdbc.queryForList("SELECT storage_key FROM respite_idempotency", String.class))
                    .containsExactly(storageKey);
        }
    }
}
