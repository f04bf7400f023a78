package dev.respite.stacks.durable;

import static dev.respite.stacks.durable.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.EnqueueOptions;
import dev.respite.spring.boot.durable.DurableCalls;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Durable calls of a started application, with the transaction manager of JPA and with that of JDBC. */
@ParameterizedClass
@MethodSource("applications")
class DurableCallsTest {

    static final String WITHOUT_JPA =
            "spring.autoconfigure.exclude=org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
                    + "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration";

    private static final Map<List<Object>, TestServer> SHOPS = new ConcurrentHashMap<>();

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
        List<String> all = new ArrayList<>(List.of(properties));
        if (!jpa) {
            all.add(WITHOUT_JPA);
        }
        return TestServer.start(database, all, Shop.class);
    }

    /** Returns the application that all tests of this database share, with empty tables. */
    private TestServer shop() {
        TestServer server = SHOPS.computeIfAbsent(List.of(database, jpa), each -> start());
        for (String table : List.of("respite_task", "respite_dead_letter", "booking", "receipt", "orders")) {
            server.bean(JdbcTemplate.class).update("DELETE FROM " + table);
        }
        server.bean(Shop.Mailer.class).sent.clear();
        return server;
    }

    @AfterAll
    static void closeAll() {
        SHOPS.values().forEach(TestServer::close);
        SHOPS.clear();
    }

    static void awaitNoCalls(TestServer server) {
        eventually(() -> assertThat(server.count("respite_task")).isZero());
    }

    @Test
    void effect_ofJdbcTemplate_isRolledBackWithItsAttempt() {
        TestServer server = shop();
        server.bean(DurableCalls.class).enqueue(Shop.BOOKING, "tea");
        awaitNoCalls(server);
        assertThat(server.count("booking")).isEqualTo(1);
        assertThat(server.count("respite_dead_letter")).isZero();
    }

    @Test
    void effect_ofATransactionalMethod_isRolledBackWithItsAttempt() {
        TestServer server = shop();
        server.bean(DurableCalls.class).enqueue(Shop.RECEIPT, "tea");
        awaitNoCalls(server);
        assertThat(server.count("receipt")).isEqualTo(1);
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
        TestServer server = shop();
        server.bean(DurableCalls.class).enqueue(Shop.SWALLOWED, "tea");
        eventually(() -> assertThat(server.count("respite_dead_letter")).isEqualTo(1));
        assertThat(server.count("booking")).isZero();
        DeadLetter letter =
                server.bean(DeadLetters.class).list(DeadLetter.Filter.all()).get(0);
        assertThat(letter.attempts().lastError()).contains("marked as rollback-only");
    }

    /** The flush follows the removal of the call, in one transaction. */
    @Test
    void effect_ofJpaWhoseFlushFails_isADeadLetterAndNotLost() {
        Assumptions.assumeTrue(jpa);
        TestServer server = shop();
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

    /** Their connections are not those that Respite passes to a handler. */
    @Test
    void effect_committedByJdbcTemplateOrHibernate_isADeadLetterAndMadeOnce() {
        TestServer server = shop();
        List<String> ways = jpa ? List.of("statement", "connection", "hibernate") : List.of("statement", "connection");
        ways.forEach(way -> server.bean(DurableCalls.class).enqueue(Shop.COMMITTED, way));
        eventually(() -> assertThat(server.count("respite_dead_letter")).isEqualTo(ways.size()));
        assertThat(server.count("booking")).isEqualTo(ways.size());
        assertThat(server.bean(DeadLetters.class).list(DeadLetter.Filter.all()))
                .extracting(DeadLetter::reason)
                .containsOnly("transaction ended by the handler");
    }

    @Test
    void enqueue_inATransaction_isCommittedOrRolledBackWithIt() {
        TestServer server = shop();
        Shop.Orders orders = server.bean(Shop.Orders.class);
        assertThatThrownBy(() -> orders.order("coffee", true)).hasMessage("rolled back");
        orders.order("tea", false);
        awaitNoCalls(server);
        assertThat(server.count("orders")).isEqualTo(1);
        assertThat(server.bean(Shop.Mailer.class).sent).containsExactly("tea");
    }

    @Test
    void enqueue_sameIdTwice_throwsDuplicateKey() {
        TestServer server = shop();
        DurableCalls calls = server.bean(DurableCalls.class);
        EnqueueOptions later = EnqueueOptions.defaults()
                .withId("one")
                .withNotBefore(Instant.now().plusSeconds(3_600));
        assertThat(calls.enqueue(Shop.MAIL, "tea", later)).isEqualTo("one");
        assertThatThrownBy(() -> calls.enqueue(Shop.MAIL, "tea", later)).isInstanceOf(DuplicateKeyException.class);
    }

    @Test
    void enqueueIfAbsent_sameIdTwice_addsOneCallAndLetsTheTransactionGoOn() {
        TestServer server = shop();
        DurableCalls calls = server.bean(DurableCalls.class);
        EnqueueOptions later = EnqueueOptions.defaults()
                .withId("one")
                .withNotBefore(Instant.now().plusSeconds(3_600));
        assertThat(calls.enqueueIfAbsent(Shop.MAIL, "tea", later)).isTrue();
        TransactionTemplate template = new TransactionTemplate(server.bean(PlatformTransactionManager.class));
        assertThat(template.<Boolean>execute(status -> {
                    boolean added = calls.enqueueIfAbsent(Shop.MAIL, "tea", later);
                    calls.enqueue(Shop.MAIL, "coffee", later.withId("two"));
                    return added;
                }))
                .isFalse();
        assertThat(server.count("respite_task")).isEqualTo(2);
    }

    @Test
    void enqueue_inATransactionOfAnotherDatabase_isRefused() {
        DriverManagerDataSource other = new DriverManagerDataSource("jdbc:h2:mem:other");
        TestServer server = shop();
        DurableCalls calls = server.bean(DurableCalls.class);
        TransactionTemplate template = new TransactionTemplate(new JdbcTransactionManager(other));
        assertThatThrownBy(() -> template.execute(status -> calls.enqueue(Shop.MAIL, "tea")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("would not be rolled back with it");
    }
}
