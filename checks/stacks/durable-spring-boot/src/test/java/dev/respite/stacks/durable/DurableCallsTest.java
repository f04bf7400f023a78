package dev.respite.stacks.durable;

import static dev.respite.stacks.durable.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.EnqueueOptions;
import dev.respite.spring.boot.durable.DurableCalls;
import dev.respite.time.TimeSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Durable calls of a started application, with the transaction manager of JPA and with that of JDBC. */
@ParameterizedClass
@MethodSource("applications")
class DurableCallsTest {

    private static final String WITHOUT_JPA =
            "spring.autoconfigure.exclude=org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
                    + "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration";

    private final Database database;
    private final boolean jpa;

    DurableCallsTest(Database database, boolean jpa) {
        this.database = database;
        this.jpa = jpa;
    }

    static List<Arguments> applications() {
        return List.of(
                Arguments.of(Database.H2, false),
                Arguments.of(Database.H2, true),
                Arguments.of(Database.POSTGRESQL, true));
    }

    private TestServer start(String... properties) {
        return start(WebApplicationType.NONE, properties);
    }

    private TestServer start(WebApplicationType type, String... properties) {
        return start(type, List.of(), properties);
    }

    private TestServer start(WebApplicationType type, List<Class<?>> more, String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        if (!jpa) {
            all.add(WITHOUT_JPA);
        }
        List<Class<?>> sources = new ArrayList<>(more);
        sources.add(Shop.class);
        return TestServer.start(type, database, all, sources.toArray(Class<?>[]::new));
    }

    private static void awaitNoCalls(TestServer server) {
        eventually(() -> assertThat(server.count("respite_task")).isZero());
    }

    @Test
    void effect_ofJdbcTemplate_isRolledBackWithItsAttempt() {
        try (TestServer server = start()) {
            server.bean(DurableCalls.class).enqueue(Shop.BOOKING, "tea");
            awaitNoCalls(server);
            assertThat(server.count("booking")).isEqualTo(1);
            assertThat(server.count("respite_dead_letter")).isZero();
        }
    }

    @Test
    void effect_ofATransactionalMethod_isRolledBackWithItsAttempt() {
        try (TestServer server = start()) {
            server.bean(DurableCalls.class).enqueue(Shop.RECEIPT, "tea");
            awaitNoCalls(server);
            assertThat(server.count("receipt")).isEqualTo(1);
        }
    }

    /** Work that joins a transaction after its commit is committed by nobody. */
    @Test
    void enqueue_inAListenerAfterTheCommit_isATransactionOfItsOwn() {
        assertIsRun(calls -> new TransactionSynchronization() {
            @Override
            public void afterCompletion(int end) {
                calls.enqueue(Shop.MAIL, "tea");
            }
        });
    }

    /** Spring still lets work join the transaction here, and the pool would roll it back. */
    @Test
    void enqueue_inACallbackOfTheCommit_isNotLost() {
        assertIsRun(calls -> new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                calls.enqueue(Shop.MAIL, "tea");
            }
        });
    }

    private void assertIsRun(Function<DurableCalls, TransactionSynchronization> listener) {
        try (TestServer server =
                start("spring.datasource.hikari.auto-commit=false", "respite.durable.poll-interval=1h")) {
            assertThat(server.bean(HikariDataSource.class).isAutoCommit()).isFalse();
            Shop.Mailer mailer = server.bean(Shop.Mailer.class);
            server.bean(DurableCalls.class).enqueue(Shop.MAIL, "first");
            eventually(() -> assertThat(mailer.sent).containsExactly("first"));
            TransactionSynchronization afterwards = listener.apply(server.bean(DurableCalls.class));
            server.bean(TransactionTemplate.class)
                    .executeWithoutResult(
                            status -> TransactionSynchronizationManager.registerSynchronization(afterwards));
            eventually(() -> assertThat(mailer.sent).containsExactly("first", "tea"));
            awaitNoCalls(server);
        }
    }

    /** A commit that rolls back must not look like a call that has ended. */
    @Test
    void effect_markedAsRollbackOnly_isADeadLetter() {
        try (TestServer server = start()) {
            server.bean(DurableCalls.class).enqueue(Shop.SWALLOWED, "tea");
            eventually(() -> assertThat(server.count("respite_dead_letter")).isEqualTo(1));
            assertThat(server.count("booking")).isZero();
            DeadLetter letter =
                    server.bean(DeadLetters.class).list(DeadLetter.Filter.all()).get(0);
            assertThat(letter.attempts().lastError()).contains("marked as rollback-only");
        }
    }

    /** The flush follows the removal of the call, in one transaction. */
    @Test
    void effect_ofJpaWhoseFlushFails_isADeadLetterAndNotLost() {
        Assumptions.assumeTrue(jpa);
        try (TestServer server = start()) {
            server.bean(JdbcTemplate.class).update("INSERT INTO receipt (item) VALUES ('tea')");
            server.bean(DurableCalls.class).enqueue(Shop.CLEARED, "tea");
            eventually(() -> assertThat(server.count("respite_dead_letter")).isEqualTo(1));
            assertThat(server.count("receipt WHERE item = 'tea'")).isEqualTo(1);
            assertThat(server.bean(DeadLetters.class)
                            .list(DeadLetter.Filter.all())
                            .get(0)
                            .attempts()
                            .lastError())
                    .contains("DataIntegrityViolationException");
        }
    }

    /** Their connections are not those that Respite passes to a handler. */
    @Test
    void effect_committedByJdbcTemplateOrHibernate_isADeadLetterAndMadeOnce() {
        try (TestServer server = start()) {
            List<String> ways =
                    jpa ? List.of("statement", "connection", "hibernate") : List.of("statement", "connection");
            ways.forEach(way -> server.bean(DurableCalls.class).enqueue(Shop.COMMITTED, way));
            eventually(() -> assertThat(server.count("respite_dead_letter")).isEqualTo(ways.size()));
            assertThat(server.count("booking")).isEqualTo(ways.size());
            assertThat(server.bean(DeadLetters.class).list(DeadLetter.Filter.all()))
                    .extracting(DeadLetter::reason)
                    .containsOnly("transaction ended by the handler");
        }
    }

    @Test
    void enqueue_inATransaction_isCommittedOrRolledBackWithIt() {
        try (TestServer server = start()) {
            Shop.Orders orders = server.bean(Shop.Orders.class);
            assertThatThrownBy(() -> orders.order("coffee", true)).hasMessage("rolled back");
            orders.order("tea", false);
            awaitNoCalls(server);
            assertThat(server.count("orders")).isEqualTo(1);
            assertThat(server.bean(Shop.Mailer.class).sent).containsExactly("tea");
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

    @Test
    void enqueue_byAnApplicationWithAClockOfItsOwn_isDueByThatClock() {
        try (TestServer server = start(WebApplicationType.NONE, List.of(AnHourAgo.class))) {
            server.bean(Shop.Orders.class).order("tea", false);
            awaitNoCalls(server);
            assertThat(server.bean(Shop.Mailer.class).sent).containsExactly("tea");
        }
    }

    @Test
    void enqueue_sameIdTwice_throwsDuplicateKey() {
        try (TestServer server = start()) {
            DurableCalls calls = server.bean(DurableCalls.class);
            EnqueueOptions later = EnqueueOptions.defaults()
                    .withId("one")
                    .withNotBefore(java.time.Instant.now().plusSeconds(3_600));
            assertThat(calls.enqueue(Shop.MAIL, "tea", later)).isEqualTo("one");
            assertThatThrownBy(() -> calls.enqueue(Shop.MAIL, "tea", later)).isInstanceOf(DuplicateKeyException.class);
        }
    }

    @Test
    void enqueueIfAbsent_sameIdTwice_addsOneCallAndLetsTheTransactionGoOn() {
        try (TestServer server = start()) {
            DurableCalls calls = server.bean(DurableCalls.class);
            EnqueueOptions later = EnqueueOptions.defaults()
                    .withId("one")
                    .withNotBefore(java.time.Instant.now().plusSeconds(3_600));
            assertThat(calls.enqueueIfAbsent(Shop.MAIL, "tea", later)).isTrue();
            TransactionTemplate template = new TransactionTemplate(
                    server.bean(org.springframework.transaction.PlatformTransactionManager.class));
            assertThat(template.<Boolean>execute(status -> {
                        boolean added = calls.enqueueIfAbsent(Shop.MAIL, "tea", later);
                        calls.enqueue(Shop.MAIL, "coffee", later.withId("two"));
                        return added;
                    }))
                    .isFalse();
            assertThat(server.count("respite_task")).isEqualTo(2);
        }
    }

    @Test
    void enqueue_inATransactionOfAnotherDatabase_isRefused() {
        DriverManagerDataSource other = new DriverManagerDataSource("jdbc:h2:mem:other");
        try (TestServer server = start()) {
            DurableCalls calls = server.bean(DurableCalls.class);
            TransactionTemplate template = new TransactionTemplate(new JdbcTransactionManager(other));
            assertThatThrownBy(() -> template.execute(status -> calls.enqueue(Shop.MAIL, "tea")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("would not be rolled back with it");
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
            awaitNoCalls(server);
            assertThat(server.bean(Shop.Mailer.class).sent).containsExactly("tea");
        }
    }

    /** The meters of the retry of their task count them. */
    @Test
    void calls_thatSucceed_areCountedByTheMetersOfTheirRetry() {
        try (TestServer server = start()) {
            server.bean(DurableCalls.class).enqueue(Shop.MAIL, "tea");
            server.bean(DurableCalls.class).enqueue(Shop.BOOKING, "tea");
            awaitNoCalls(server);
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
