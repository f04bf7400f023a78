package dev.respite.stacks.durable;

import static dev.respite.stacks.durable.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.spring.boot.durable.DurableCalls;
import dev.respite.time.TimeSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Start, stop and monitoring of durable calls, in an application for each test. */
class DurableLifecycleTest {

    private static TestServer start(WebApplicationType type, List<Class<?>> more, String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add(DurableCallsTest.WITHOUT_JPA);
        List<Class<?>> sources = new ArrayList<>(more);
        sources.add(Shop.class);
        return TestServer.start(type, Database.H2, all, sources.toArray(Class<?>[]::new));
    }

    private static TestServer start(String... properties) {
        return start(WebApplicationType.NONE, List.of(), properties);
    }

    /** A clock that is behind the database's. */
    @Configuration(proxyBeanMethods = false)
    static class AnHourAgo {
        @Bean
        TimeSource anHourAgo() {
            record Earlier(TimeSource delegate) implements TimeSource.Forwarding {
                @Override
                public Instant wallTime() {
                    return delegate.wallTime().minus(Duration.ofHours(1));
                }
            }
            return new Earlier(TimeSource.system());
        }
    }

    /** The first poll is at the start, and the second one would be too late for this test. */
    @Test
    void enqueue_inATransaction_isRunAtOnceAfterTheCommit() {
        try (TestServer server = start("respite.durable.poll-interval=1h")) {
            Shop.Mailer mailer = server.bean(Shop.Mailer.class);
            server.bean(DurableCalls.class).enqueue(Shop.MAIL, "first");
            eventually(() -> assertThat(mailer.sent).containsExactly("first"));
            server.bean(Shop.Orders.class).order("tea", false);
            eventually(() -> assertThat(mailer.sent).containsExactly("first", "tea"));
        }
    }

    @Test
    void enqueue_byAnApplicationWithAClockOfItsOwn_isDueByThatClock() {
        try (TestServer server = start(WebApplicationType.NONE, List.of(AnHourAgo.class))) {
            server.bean(Shop.Orders.class).order("tea", false);
            DurableCallsTest.awaitNoCalls(server);
            assertThat(server.bean(Shop.Mailer.class).sent).containsExactly("tea");
        }
    }

    @Test
    void stop_waitsForTheAttemptBeforeItsBeansAreDestroyed() {
        TestServer server = start();
        Shop.Mailer mailer = server.bean(Shop.Mailer.class);
        SmartLifecycle worker = server.application().getBean("respiteDurableWorker", SmartLifecycle.class);
        server.bean(DurableCalls.class).enqueue(Shop.MAIL, "slow");
        eventually(() -> assertThat(mailer.slowStarted.getCount()).isZero());
        assertThat(worker.isRunning()).isTrue();
        Thread closes = new Thread(server::close);
        closes.setDaemon(true);
        closes.start();
        eventually(() -> assertThat(worker.isRunning()).isFalse());
        mailer.slowMayEnd.countDown();
        eventually(() -> assertThat(closes.isAlive()).isFalse());
        assertThat(mailer.sent).containsExactly("slow");
    }

    /** Another instance of the scheduler is needed, since one starts once. */
    @Test
    void context_stoppedAndStarted_runsCallsAgain() {
        try (TestServer server = start()) {
            server.application().stop();
            server.bean(DurableCalls.class).enqueue(Shop.MAIL, "tea");
            assertThat(server.count("respite_task")).isEqualTo(1);
            server.application().start();
            DurableCallsTest.awaitNoCalls(server);
            assertThat(server.bean(Shop.Mailer.class).sent).containsExactly("tea");
        }
    }

    /** The meters of the retry of their task count them. */
    @Test
    void calls_thatSucceed_areCountedByTheMetersOfTheirRetry() {
        try (TestServer server = start()) {
            server.bean(DurableCalls.class).enqueue(Shop.MAIL, "tea");
            server.bean(DurableCalls.class).enqueue(Shop.BOOKING, "tea");
            DurableCallsTest.awaitNoCalls(server);
            eventually(() -> assertThat(server.bean(MeterRegistry.class)
                            .get("respite.calls")
                            .tags("name", "payments", "outcome", "success", "reason", "accepted")
                            .functionCounter()
                            .count())
                    .isEqualTo(2));
        }
    }

    @Test
    void healthMetersAndEndpoint_showTheCalls() {
        try (TestServer server = start(
                WebApplicationType.SERVLET,
                List.of(),
                "management.endpoints.web.exposure.include=health,respite",
                "management.endpoint.health.show-details=always")) {
            server.bean(DurableCalls.class).enqueue(Shop.LOST, "tea");
            eventually(() -> assertThat(server.count("respite_dead_letter")).isEqualTo(1));
            assertThat(server.get("/actuator/health"))
                    .contains("\"respiteDurable\":{")
                    .contains("\"dead\":1", "\"lag\":\"PT0S\"");
            assertThat(server.get("/actuator/respite")).contains("\"durable\":{\"calls\":{\"due\":0", "\"dead\":1");
            MeterRegistry registry = server.bean(MeterRegistry.class);
            assertThat(registry.get("respite.durable.clock.offset").gauge().value())
                    .as("finds the tasks")
                    .isNotNaN();
            assertThat(registry.get("respite.durable.dead.letters")
                            .tags("name", "durable", "state", "dead", "task", "lost")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(registry.get("respite.durable.lag")
                            .tag("task", "lost")
                            .gauge()
                            .value())
                    .isZero();
            DeadLetter letter =
                    server.bean(DeadLetters.class).list(DeadLetter.Filter.all()).get(0);
            assertThat(letter.call().task()).isEqualTo("lost");

            server.bean(JdbcTemplate.class).execute("DROP TABLE respite_dead_letter");
            assertThat(server.get("/actuator/health")).contains("\"respiteDurable\":{", "\"DOWN\"");
            assertThat(server.get("/actuator/respite"))
                    .contains("\"policies\":{\"payments\"")
                    .contains("\"durable\":{\"calls\":null,\"failure\":\"dev.respite.durable.StoreException\"}");
        }
    }
}
