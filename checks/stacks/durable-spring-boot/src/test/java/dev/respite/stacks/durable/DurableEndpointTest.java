package dev.respite.stacks.durable;

import static dev.respite.stacks.durable.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.DataCodec;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.durable.PendingCall;
import dev.respite.durable.PendingCalls;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.durable.DurableCalls;
import dev.respite.spring.boot.durable.DurableRetryCustomizer;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The endpoint of durable calls over HTTP. */
class DurableEndpointTest {

    private static final DurableTask<String> MAIL = DurableTask.of("mail", DataCodec.text());
    private static final DurableTask<String> BILLING = DurableTask.of("billing/eu", DataCodec.text());
    private static final String EXPOSED = "management.endpoints.web.exposure.include=respitedurable";
    private static final String UNRESTRICTED = "management.endpoint.respitedurable.access=unrestricted";

    private static TestServer start(List<Class<?>> sources, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "respite.policies.payments.max-attempts=2",
                "respite.policies.payments.jitter=none",
                "respite.policies.payments.base-delay=1h",
                "respite.policies.payments.max-delay=1h",
                "respite.policies.payments.total-timeout=7d",
                "spring.autoconfigure.exclude=org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
                        + "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration"));
        all.addAll(List.of(properties));
        return TestServer.start(WebApplicationType.SERVLET, Database.H2, all, sources.toArray(Class<?>[]::new));
    }

    /** Two tasks: the data of a call is what its handler does. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Tasks {

        final CountDownLatch goesOn = new CountDownLatch(1);
        final AtomicBoolean handlerFails = new AtomicBoolean(true);

        @Bean
        DurableRetryCustomizer mails(Retries retries, JdbcTemplate jdbc) {
            return durable -> durable.task(MAIL, retries.get("payments"), (data, context) -> {
                        switch (data) {
                            case "runs" -> goesOn.await();
                            case "fails once" -> {
                                if (context.attempt().number() == 1) {
                                    throw foreign(new ConnectException("secret"));
                                }
                            }
                            case "fails" -> throw foreign(new IllegalArgumentException("secret"));
                            default -> {}
                        }
                    })
                    .onGivenUp(MAIL, (connection, data, letter, context) -> {
                        jdbc.update("INSERT INTO orders VALUES ('failed')");
                        if (handlerFails.get()) {
                            throw foreign(new IllegalStateException("secret"));
                        }
                    })
                    .task(BILLING, retries.get("payments"), (data, context) -> {});
        }
    }

    /** Returns a failure of other code than Respite's, whose messages are shown. */
    private static <E extends Exception> E foreign(E failure) {
        failure.setStackTrace(new StackTraceElement[] {new StackTraceElement("com.example.Mailer", "send", null, 1)});
        return failure;
    }

    /** An application that enqueues only. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class EnqueuesOnly {}

    /** Lets an encoded slash pass. */
    @Configuration(proxyBeanMethods = false)
    static class SlashesPass {
        @Bean
        WebServerFactoryCustomizer<TomcatWebServerFactory> slashesPass() {
            return factory ->
                    factory.addConnectorCustomizers(connector -> connector.setEncodedSolidusHandling("passthrough"));
        }
    }

    private static EnqueueOptions id(String id) {
        return EnqueueOptions.defaults().withId(id);
    }

    private static EnqueueOptions later(String id) {
        return id(id).withNotBefore(Instant.now().plus(Duration.ofHours(3)));
    }

    private static PendingCall call(TestServer server, String id) {
        return server.bean(PendingCalls.class).find("mail", id).orElseThrow();
    }

    private static HttpResponse<String> get(TestServer server, String path) {
        return server.send("GET", "/actuator/respitedurable" + path, "");
    }

    private static HttpResponse<String> post(TestServer server, String path, String body) {
        return server.send("POST", "/actuator/respitedurable" + path, body);
    }

    @Test
    void endpoint_notExposed_isNotThere() {
        try (TestServer server = start(List.of(Tasks.class), UNRESTRICTED)) {
            assertThat(get(server, "").statusCode()).isEqualTo(404);
            assertThat(server.application().containsBean("respiteDurableEndpoint"))
                    .isFalse();
        }
    }

    @Test
    void endpoint_withoutAccess_isReadOnly() {
        try (TestServer server = start(List.of(Tasks.class), EXPOSED)) {
            server.bean(DurableCalls.class).enqueue(MAIL, "later", later("one"));
            assertThat(get(server, "").statusCode()).isEqualTo(200);
            assertThat(post(server, "/mail/one", "{\"action\": \"cancel\"}").statusCode())
                    .isEqualTo(405);
            assertThat(post(server, "/letter", "{\"action\": \"run-handler\"}").statusCode())
                    .isIn(404, 405);
            assertThat(call(server, "one").state()).isEqualTo(PendingCall.State.SCHEDULED);
        }
    }

    @Test
    void list_countsEachTaskAndHasPagesWithoutData() {
        try (TestServer server = start(List.of(Tasks.class), EXPOSED)) {
            DurableCalls calls = server.bean(DurableCalls.class);
            calls.enqueue(BILLING, "confidential", later("bill 1"));
            calls.enqueue(MAIL, "fails once", id("fails"));
            calls.enqueue(MAIL, "confidential", later("later").withKey("key 17"));
            eventually(() -> assertThat(call(server, "fails").attempts()).isEqualTo(1));

            HttpResponse<String> all = get(server, "");
            assertThat(all.statusCode()).isEqualTo(200);
            assertThat(all.body())
                    .contains("\"billing/eu\":{\"due\":0,\"running\":0,\"scheduled\":1,\"lag\":\"PT0S\",\"dead\":0")
                    .contains("\"mail\":{\"due\":0,\"running\":0,\"scheduled\":2")
                    .contains("\"key\":\"key 17\"", "\"lastError\":\"java.net.ConnectException\"", "\"attempts\":1")
                    .contains("\"owner\":null,\"heartbeatAge\":null")
                    .contains("\"next\":null")
                    .doesNotContain("confidential", "secret");

            String first = get(server, "?limit=1").body();
            assertThat(first).contains("\"id\":\"bill 1\"", "\"next\":\"billing%2Feu/bill+1\"");
            assertThat(get(server, "?limit=1&after=billing%252Feu/bill%2B1").body())
                    .contains("\"id\":\"fails\"")
                    .doesNotContain("\"id\":\"later\"");
            assertThat(get(server, "?task=billing/eu").body())
                    .contains("\"id\":\"bill 1\"")
                    .doesNotContain("\"id\":\"later\"");
            assertThat(get(server, "?error=ConnectException&state=SCHEDULED&olderThan=0s")
                            .body())
                    .contains("\"id\":\"fails\"")
                    .doesNotContain("\"id\":\"later\"");
            assertThat(get(server, "?olderThan=1d").body()).contains("\"calls\":[]");
            assertThat(get(server, "/mail/later").body())
                    .startsWith("{\"task\":\"mail\",\"id\":\"later\"")
                    .doesNotContain("confidential");
            assertThat(get(server, "/mail/none").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void actions_withAccess_changeTheCall() {
        try (TestServer server = start(List.of(Tasks.class), EXPOSED, UNRESTRICTED)) {
            DurableCalls calls = server.bean(DurableCalls.class);
            calls.enqueue(MAIL, "fails once", id("one"));
            eventually(() -> assertThat(call(server, "one").attempts()).isEqualTo(1));
            Instant due = Instant.now().plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);

            assertThat(post(server, "/mail/one", "{\"action\": \"reschedule\", \"at\": \"" + due + "\"}")
                            .body())
                    .contains("\"result\":\"CHANGED\"");
            assertThat(call(server, "one").due()).isEqualTo(due);
            assertThat(post(server, "/mail/one", "{\"action\": \"run\"}").statusCode())
                    .isEqualTo(200);
            eventually(() -> assertThat(server.count("respite_task")).isZero());

            calls.enqueue(MAIL, "later", later("two"));
            assertThat(post(server, "/mail/two", "{\"action\": \"cancel\"}").statusCode())
                    .isEqualTo(200);
            assertThat(server.bean(DeadLetters.class).list(DeadLetter.Filter.all()))
                    .extracting(DeadLetter::state)
                    .containsExactly(DeadLetter.State.CANCELLED);
            HttpResponse<String> again = post(server, "/mail/two", "{\"action\": \"cancel\"}");
            assertThat(again.statusCode()).isEqualTo(404);
            assertThat(again.body()).contains("ABSENT", "it may be a dead letter");
        }
    }

    @Test
    void actions_onACallThatRunsOrWaitsForItsTurn_leaveItAsItIs() {
        try (TestServer server = start(List.of(Tasks.class), EXPOSED, UNRESTRICTED)) {
            Tasks tasks = server.bean(Tasks.class);
            try {
                DurableCalls calls = server.bean(DurableCalls.class);
                calls.enqueue(MAIL, "runs", id("first").withSequence("order 17"));
                eventually(() -> assertThat(call(server, "first").state()).isEqualTo(PendingCall.State.RUNNING));
                assertThat(get(server, "/mail/first").body())
                        .contains("\"owner\":\"" + ProcessHandle.current().pid() + "@", "\"heartbeatAge\":\"PT");
                calls.enqueue(MAIL, "second", id("second").withSequence("order 17"));
                eventually(() -> assertThat(call(server, "second").state()).isEqualTo(PendingCall.State.IN_SEQUENCE));
                for (String action : List.of("run", "cancel")) {
                    HttpResponse<String> left = post(server, "/mail/first", "{\"action\": \"" + action + "\"}");
                    assertThat(left.statusCode()).isEqualTo(409);
                    assertThat(left.body())
                            .contains("\"result\":\"RUNNING\"", "call 'first' of task 'mail' is running, and was left");
                }
                assertThat(post(server, "/mail/second", "{\"action\": \"run\"}").body())
                        .contains("\"result\":\"IN_SEQUENCE\"", "waits for an earlier call");
            } finally {
                tasks.goesOn.countDown();
            }
        }
    }

    @Test
    void runHandler_ofAMarkedLetter_runsOnceAndCommits() {
        try (TestServer server = start(List.of(Tasks.class), EXPOSED, UNRESTRICTED)) {
            server.bean(DurableCalls.class).enqueue(MAIL, "fails");
            eventually(() -> assertThat(server.count("respite_dead_letter")).isEqualTo(1));
            String letter = "/"
                    + server.bean(DeadLetters.class)
                            .list(DeadLetter.Filter.all())
                            .get(0)
                            .letterId();
            HttpResponse<String> failed = post(server, letter, "{\"action\": \"run-handler\"}");
            assertThat(failed.statusCode()).isEqualTo(500);
            assertThat(failed.body())
                    .contains("java.lang.IllegalStateException")
                    .doesNotContain("secret");
            assertThat(server.count("orders")).isZero();

            server.bean(Tasks.class).handlerFails.set(false);
            assertThat(post(server, letter, "{\"action\": \"run-handler\"}").statusCode())
                    .isEqualTo(200);
            assertThat(server.count("orders")).isEqualTo(1);
            assertThat(post(server, letter, "{\"action\": \"run-handler\"}").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void runHandler_ofAnInstanceThatRunsNoCalls_isRefused() {
        try (TestServer server = start(List.of(EnqueuesOnly.class), EXPOSED, UNRESTRICTED)) {
            HttpResponse<String> refused = post(server, "/letter", "{\"action\": \"run-handler\"}");
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("this instance runs no calls");
        }
    }

    @Test
    void badInput_hasStatus400WithTheRule() {
        String rows = """
                GET  | ?limit=0        |                      | limit '0': it must be a whole number from 1 to 10000
                GET  | ?limit=ten      |                      | limit 'ten'
                GET  | ?state=DYING    |                      | state 'DYING': it must be one of [SCHEDULED, DEFERRED
                GET  | ?olderThan=week |                      | olderThan 'week': it must be a time from 0
                GET  | ?olderThan=-1s  |                      | olderThan '-1s'
                GET  | ?after=mail     |                      | after 'mail': it must be the field next
                POST | /mail/one       | {}                   | action is missing: it must be run, reschedule or cancel
                POST | /mail/one       | {"action": "delete"} | action 'delete': it must be run, reschedule or cancel
                POST | /mail/one       | {"action": "run-handler"} | action 'run-handler': it must be run
                POST | /mail/one       | {"action": "reschedule"} | at is missing: it must be a time with its zone
                POST | /mail/one       | {"action": "reschedule", "at": "noon"} | at 'noon': it must be a time
                POST | /mail/one       | {"action": "reschedule", "at": "2020-01-01T00:00:00Z"} | at '2020-01-01T00:00:00Z'
                POST | /mail/one       | {"action": "run", "at": "2036-01-01T00:00:00Z"} | at '2036-01-01T00:00:00Z': only the action reschedule has a time
                POST | /letter         | {"action": "run"}    | action 'run': it must be run-handler
                """;
        try (TestServer server = start(List.of(EnqueuesOnly.class), EXPOSED, UNRESTRICTED)) {
            for (String row : rows.lines().toList()) {
                String[] cells = row.split("\\s*\\|\\s*", -1);
                HttpResponse<String> rejected = server.send(cells[0], "/actuator/respitedurable" + cells[1], cells[2]);
                assertThat(rejected.statusCode()).as(row).isEqualTo(400);
                assertThat(rejected.body()).contains("\"message\":\"" + cells[3]);
            }
        }
    }

    @Test
    void databaseAway_hasStatus503() {
        try (TestServer server = start(List.of(EnqueuesOnly.class), EXPOSED)) {
            server.bean(JdbcTemplate.class).execute("DROP TABLE respite_task");
            assertThat(get(server, "").statusCode()).isEqualTo(503);
            assertThat(get(server, "/mail/one").body()).contains("the database of the calls has failed");
        }
    }

    /** Tomcat rejects it by default, before any application is called. */
    @Test
    void nameWithASlash_worksIfTheContainerLetsItPass() {
        try (TestServer server = start(List.of(EnqueuesOnly.class), EXPOSED)) {
            server.bean(DurableCalls.class).enqueue(BILLING, "later", later("one"));
            assertThat(get(server, "/billing%2Feu/one").statusCode()).isEqualTo(400);
        }
        try (TestServer server = start(List.of(EnqueuesOnly.class, SlashesPass.class), EXPOSED, UNRESTRICTED)) {
            server.bean(DurableCalls.class).enqueue(BILLING, "later", later("one"));
            assertThat(get(server, "/billing%2Feu/one").body()).contains("\"task\":\"billing/eu\"");
            assertThat(post(server, "/billing%2Feu/one", "{\"action\": \"cancel\"}")
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
