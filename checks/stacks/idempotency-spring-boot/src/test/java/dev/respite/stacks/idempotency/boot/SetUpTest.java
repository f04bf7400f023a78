package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.ResponseEncryption;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.spring.boot.idempotency.IdempotencyScope;
import dev.respite.spring.boot.idempotency.Idempotent;
import jakarta.servlet.Filter;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The checks at the start of an application, and its beans. */
@ExtendWith(OutputCaptureExtension.class)
class SetUpTest {

    private static final String NO_TABLES = "spring.sql.init.schema-locations=classpath:entries.sql";
    private static final String LOG = "logging.level.org.springframework.boot.diagnostics=ERROR";

    private final String item = name("item");

    private static TestServer start(List<String> properties, Class<?>... sources) {
        return TestServer.start(Stack.PLAIN, properties, sources);
    }

    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, BadEndpoints.class})
    static class Bad {
        @Bean
        IdempotencyScope tenant() {
            return request -> Optional.empty();
        }
    }

    @Test
    void methods_thatCannotWork_areListedAtStart(CapturedOutput output) {
        assertThatThrownBy(() -> start(List.of(LOG), Bad.class));
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START")
                .contains("BadEndpoints.future", "BadEndpoints.callable", "BadEndpoints.stream", "BadEndpoints.events")
                .contains("BadEndpoints#params")
                .contains("the condition on params")
                .contains("BadEndpoints#get")
                .contains("BadEndpoints#any")
                .contains("use @PostMapping")
                .contains("has the name 'tenent'; there is tenant")
                .contains("the scope 'tenant' is combined with the principal")
                .contains("sharedScope is true, and no scope is named")
                .contains("'amount' is not a JSON Pointer")
                .contains("'amout' is no property of " + BadEndpoints.Transfer.class.getName()
                        + ", which has [amount, to]")
                .contains("'/0/to/ibn' is in no body")
                .contains("'a week' is not a duration")
                .doesNotContain("good");
    }

    /** A method that no request is mapped to. */
    static class Service {
        @Idempotent
        void pay() {}
    }

    @Configuration(proxyBeanMethods = false)
    @Import({Shop.class, Service.class})
    static class Unmapped {}

    @Test
    void annotation_onAMethodWithoutAMapping_isRefused(CapturedOutput output) {
        assertThatThrownBy(() -> start(List.of(LOG, "shop.retention=72h"), Unmapped.class));
        assertThat(output.getAll()).contains("Service.pay()").contains("no request is mapped");
    }

    @Test
    void database_thatMayLoseCommits_isRejectedWhereDurabilityIsRequired(CapturedOutput output) {
        assertThatThrownBy(() ->
                start(List.of(LOG, "shop.retention=72h", "respite.idempotency.jdbc.require-durable=true"), Shop.class));
        assertThat(output.getAll()).contains("H2 may keep one half of a transaction");
    }

    @Test
    void annotation_withoutTheFilterOnTheClassPath_isRefused(CapturedOutput output) {
        assertThatThrownBy(() -> start(
                List.of(
                        LOG,
                        "spring.autoconfigure.exclude=dev.respite.spring.boot.idempotency.RespiteIdempotencyAutoConfiguration"),
                Shop.class));
        assertThat(output.getAll()).contains("@Idempotent has no effect").contains("Shop$Orders.order(");
    }

    /** As users of Hibernate configure their pool. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void poolWithAutoCommitOff_executesOnce(boolean jpa) {
        Stack stack = new Stack(Stack.Container.TOMCAT, jpa, false);
        List<String> properties = List.of(
                "shop.retention=72h",
                "spring.datasource.hikari.auto-commit=false",
                "spring.jpa.properties.hibernate.connection.provider_disables_autocommit=true");
        try (TestServer server = TestServer.start(stack, properties, Shop.class)) {
            assertThat(server.post("/orders", "k", item).statusCode()).isEqualTo(201);
            assertThat(isReplay(server.post("/orders", "k", item))).isTrue();
            assertThat(server.entries(item)).isEqualTo(1);
            assertThat(server.records()).isEqualTo(1);
        }
    }

    @Test
    void scope_withoutSpringSecurity_isSharedAndLoggedUnlessSet(CapturedOutput output) {
        String log = "logging.level.dev.respite=WARN";
        try (TestServer server =
                start(List.of("shop.retention=72h", log, "respite.idempotency.scope=shared"), Shop.class)) {
            assertThat(server.post("/orders", "k", item).statusCode()).isEqualTo(201);
        }
        assertThat(output.getAll()).doesNotContain("all callers are one owner");
        try (TestServer server = start(List.of("shop.retention=72h", log), Shop.class)) {
            assertThat(server.post("/orders", "k", item).statusCode()).isEqualTo(201);
        }
        assertThat(output.getAll()).contains("all callers are one owner");
    }

    @Test
    void tables_thatAreMissing_areNamedWithTheFile(CapturedOutput output) {
        assertThatThrownBy(() -> start(List.of(LOG, NO_TABLES), Shop.class));
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START")
                .contains("respite_idempotency")
                .contains("db/respite/h2/V1__respite_idempotency.sql");
    }

    @Test
    void property_thatIsMisspelt_isRefusedWithTheNearest(CapturedOutput output) {
        assertThatThrownBy(() -> start(List.of(LOG, "respite.idempotency.purge.intervall=1m"), Shop.class));
        assertThat(output.getAll())
                .contains("respite.idempotency.purge.intervall")
                .contains("did you mean 'interval'?");
    }

    @Test
    void property_thatIsNotValid_isRefusedWithTheRule(CapturedOutput output) {
        assertThatThrownBy(() -> start(List.of(LOG, "respite.idempotency.retention=1s"), Shop.class));
        assertThat(output.getAll()).contains("retention PT1S").contains("lease");
    }

    @Test
    void application_thatIsSwitchedOff_needsNoTables() {
        try (TestServer server =
                start(List.of(NO_TABLES, "respite.idempotency.enabled=false", "shop.retention=1h"), Shop.class)) {
            assertThat(server.post("/orders", "k", item).statusCode()).isEqualTo(201);
            assertThat(isReplay(server.post("/orders", "k", item))).isFalse();
        }
    }

    @Test
    void response_longerThanIsStored_isRolledBackIfItIsToBeRejected() {
        List<String> properties = List.of(
                "shop.retention=72h",
                "respite.idempotency.max-stored-body=3B",
                "respite.idempotency.jdbc.reject-long-responses=true");
        try (TestServer server = start(properties, Shop.class)) {
            assertThat(server.post("/orders", "k", item).statusCode()).isEqualTo(500);
            assertThat(server.entries(item)).isZero();
            assertThat(get(server, "/actuator/metrics/respite.idempotency.events?tag=event:failed"))
                    .contains("\"value\":1.0");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void operation_isStoredUnlessItIsSwitchedOff(boolean stored) {
        List<String> properties = List.of("shop.retention=72h", "respite.idempotency.store-operations=" + stored);
        try (TestServer server = start(properties, Shop.class)) {
            server.post("/orders", "k", item);
            assertThat(server.bean(IdempotencyStore.class).list(State.DONE, Optional.empty(), 1))
                    .singleElement()
                    .satisfies(
                            record -> assertThat(record.ownerToken().operation().isPresent())
                                    .isEqualTo(stored));
        }
    }

    @Test
    void metersHealthAndPurge_areThoseOfTheStore() {
        List<String> properties = List.of(
                "shop.retention=72h",
                "respite.idempotency.retention=1s",
                "respite.idempotency.lease=1s",
                "respite.idempotency.purge.interval=50ms");
        try (TestServer server = start(properties, Shop.class)) {
            server.post("/orders", "k", item);
            assertThat(isReplay(server.post("/orders", "k", item))).isTrue();
            assertThat(get(server, "/actuator/metrics/respite.idempotency.answers?tag=answer:replayed"))
                    .contains("\"value\":1.0");
            assertThat(get(server, "/actuator/metrics/respite.idempotency.records?tag=state:unknown"))
                    .contains("\"value\":0.0");
            assertThat(get(server, "/actuator/health"))
                    .contains("\"respiteIdempotency\":{\"details\":{\"unknown\":0},\"status\":\"UP\"}");
            await().untilAsserted(() -> assertThat(server.records()).isZero());
            server.bean(JdbcTemplate.class).execute("DROP TABLE respite_idempotency");
            assertThat(get(server, "/actuator/health")).contains("\"status\":\"DOWN\"");
        }
    }

    private static String get(TestServer server, String path) {
        return send(server.request(path).GET()).body();
    }

    /** A filter of the same name that is registered for another path. */
    @Configuration(proxyBeanMethods = false)
    @Import(Shop.class)
    static class Bypassed {
        @Bean
        FilterRegistrationBean<Filter> respiteIdempotencyFilter() {
            FilterRegistrationBean<Filter> filter =
                    new FilterRegistrationBean<>(IdempotencyFilter.selecting(request -> Optional.empty()));
            filter.addUrlPatterns("/other/*");
            return filter;
        }
    }

    @Test
    void request_thatHasNotPassedTheFilter_is500BeforeTheMethodRuns() {
        try (TestServer server = start(Shop.PROPERTIES, Bypassed.class)) {
            assertThat(server.post("/orders", "k", item).statusCode()).isEqualTo(500);
            assertThat(server.entries(item)).isZero();
            assertThat(server.post("/plain", "k", item).statusCode()).isEqualTo(200);
        }
    }

    /** Records apart from the effect, which allow asynchronous handlers. */
    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, Entries.class})
    static class External {
        @Bean
        InMemoryIdempotencyStore store() {
            return InMemoryIdempotencyStore.create();
        }

        @RestController
        static class Late {
            private final Entries entries;

            Late(Entries entries) {
                this.entries = entries;
            }

            @PostMapping("/late")
            @Idempotent(retention = "7d")
            CompletableFuture<String> late(@RequestBody String item) {
                return CompletableFuture.supplyAsync(() -> "late " + entries.add(item));
            }

            @PostMapping("/soon")
            @Idempotent
            String soon(@RequestBody String item) {
                return "soon " + entries.add(item);
            }
        }
    }

    @Test
    void store_ofTheApplication_isUsedWithAsynchronousHandlers() {
        try (TestServer server = start(List.of(NO_TABLES), External.class)) {
            for (String path : List.of("/late", "/soon")) {
                HttpResponse<String> first = server.post(path, "k", item);
                HttpResponse<String> second = server.post(path, "k", item);
                assertThat(first.statusCode()).isEqualTo(200);
                assertThat(isReplay(second)).isTrue();
                assertThat(second.body()).isEqualTo(first.body());
            }
            assertThat(server.entries(item)).isEqualTo(2);
        }
    }

    /** The first key of an application, and the second. */
    @Configuration(proxyBeanMethods = false)
    @Import(Shop.class)
    static class TwoEncryptions {
        @Bean
        ResponseEncryption first() {
            return encryption("1");
        }

        @Bean
        ResponseEncryption second() {
            return encryption("2");
        }

        private static ResponseEncryption encryption(String id) {
            return ResponseEncryption.of(id, new SecretKeySpec(new byte[16], "AES"));
        }
    }

    /** Neither would be used, and responses would be stored in plain text. */
    @Test
    void encryption_ofTwoBeans_isRejectedAtStart() {
        assertThatThrownBy(() -> start(Shop.PROPERTIES, TwoEncryptions.class))
                .hasStackTraceContaining("expected single matching bean but found 2: first,second");
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Crossroads.class)
    static class Apart {
        @Bean
        InMemoryIdempotencyStore store() {
            return InMemoryIdempotencyStore.create();
        }
    }

    /** Without a transaction that is rolled back, a 500 would leave the key unknown. */
    @Test
    void requestThatNoMethodHasHandled_withARecordApart_leavesItsKeyUsable() {
        try (TestServer server = start(List.of(), Apart.class)) {
            for (int i = 0; i < 2; i++) {
                assertThat(server.post("/unrouted", "k", item).statusCode()).isEqualTo(500);
            }
        }
    }

    /** An idempotency of the application, whose engine Respite does not know. */
    @Configuration(proxyBeanMethods = false)
    @Import(Shop.class)
    static class Own {
        @Bean
        ExternalIdempotency own() {
            return ExternalIdempotency.of(InMemoryIdempotencyStore.create());
        }
    }

    @Test
    void retention_withAnIdempotencyOfTheApplication_isRefused(CapturedOutput output) {
        assertThatThrownBy(() -> start(List.of(LOG, "shop.retention=72h"), Own.class));
        assertThat(output.getAll()).contains("Shop$Orders#kept").contains("its own bean of the type Idempotency");
    }

    @Test
    void keyHeader_ofAnotherName_isRead() {
        try (TestServer server =
                start(List.of("shop.retention=72h", "respite.idempotency.header=X-Request-Key"), Shop.class)) {
            for (boolean replay : new boolean[] {false, true}) {
                HttpResponse<String> response =
                        send(server.post("/orders", item).header("X-Request-Key", "k"));
                assertThat(isReplay(response)).isEqualTo(replay);
            }
            assertThat(send(server.request("/orders").header(KEY, "k").POST(BodyPublishers.ofString(item)))
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spring.mvc.pathmatch.matching-strategy=ant_path_matcher", "shop.other=1"})
    void paths_ofContextAndServlet_arePartOfTheLookup(String matching) {
        List<String> properties = List.of(
                "shop.retention=72h", "server.servlet.context-path=/shop", "spring.mvc.servlet.path=/api", matching);
        try (TestServer server = start(properties, Shop.class)) {
            HttpResponse<String> first = server.post("/shop/api/lines/7", "k", item);
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(isReplay(server.post("/shop/api/lines/7", "k", item))).isTrue();
            assertThat(server.entries(item)).isEqualTo(1);
        }
    }
}
