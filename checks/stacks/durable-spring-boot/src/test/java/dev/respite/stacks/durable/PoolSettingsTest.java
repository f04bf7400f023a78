package dev.respite.stacks.durable;

import static dev.respite.stacks.durable.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.durable.DataCodec;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableTask;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.durable.DurableCalls;
import dev.respite.spring.boot.durable.DurableRetryCustomizer;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Durable calls of an application with JPA, whose pool has auto-commit off and one connection, as Hibernate recommends the former. */
class PoolSettingsTest {

    private static final DurableTask<String> FAILING = DurableTask.of("failing", DataCodec.text());

    /** A task that fails at each attempt. */
    @Configuration(proxyBeanMethods = false)
    @Import(Shop.class)
    static class Failing {

        @Bean
        AtomicInteger attempts() {
            return new AtomicInteger();
        }

        @Bean
        DurableRetryCustomizer failing(Retries retries, AtomicInteger attempts) {
            return durable -> durable.task(FAILING, retries.get("payments"), (item, context) -> {
                attempts.incrementAndGet();
                throw new ConnectException("refused");
            });
        }
    }

    private static TestServer start(Database database, String... properties) {
        return TestServer.start(database, List.of(properties), Failing.class);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void autoCommitOff_attemptsAreCountedAndEffectsHappenOnce(Database database) {
        try (TestServer server = start(
                database,
                "spring.datasource.hikari.auto-commit=false",
                "spring.datasource.hikari.maximum-pool-size=1",
                "spring.jpa.properties.hibernate.connection.provider_disables_autocommit=true")) {
            DurableCalls calls = server.bean(DurableCalls.class);
            calls.enqueue(FAILING, "tea");
            calls.enqueue(Shop.BOOKING, "tea");
            calls.enqueue(Shop.RECEIPT, "tea");
            Shop.Orders orders = server.bean(Shop.Orders.class);
            orders.order("tea", false);
            assertThatThrownBy(() -> orders.order("rolled back", true)).hasMessage("rolled back");
            eventually(() -> assertThat(server.count("respite_task")).isZero());
            assertThat(server.bean(AtomicInteger.class)).hasValue(5);
            assertThat(server.bean(DeadLetters.class).list(DeadLetter.Filter.all()))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.attempts().count()).isEqualTo(5));
            assertThat(server.count("booking")).isEqualTo(1);
            assertThat(server.count("receipt")).isEqualTo(1);
            assertThat(server.count("orders")).isEqualTo(1);
            assertThat(server.bean(Shop.Mailer.class).sent).containsExactly("tea");
        }
    }

    @Test
    void readOnlyPool_isRefusedAtStart() {
        assertThatThrownBy(() -> start(Database.POSTGRESQL, "spring.datasource.hikari.read-only=true"))
                .hasStackTraceContaining("spring.datasource.hikari.read-only");
    }
}
