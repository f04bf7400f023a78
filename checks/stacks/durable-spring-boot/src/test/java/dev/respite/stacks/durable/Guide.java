package dev.respite.stacks.durable;

import dev.respite.Retry;
import dev.respite.durable.DataCodec;
import dev.respite.durable.DurableTask;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.durable.DurableCalls;
import dev.respite.spring.boot.durable.DurableRetryCustomizer;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The code of {@code docs/spring-boot-durable.md}: its blocks are taken from here. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({Guide.Tasks.class, Guide.Orders.class, Guide.PaymentProvider.class})
class Guide {

    @Configuration(proxyBeanMethods = false)
    static class Tasks {

        static final DurableTask<String> PAYMENT = DurableTask.of("payment", DataCodec.text());
        static final DurableTask<String> BOOKING = DurableTask.of("booking", DataCodec.text());

        @Bean
        DurableRetryCustomizer paymentsAndBookings(Retries retries, PaymentProvider provider, JdbcTemplate jdbc) {
            Retry payments = retries.get("payments");
            return durable -> durable.task(PAYMENT, payments, (order, context) -> provider.pay(order, context.key()))
                    .effect(
                            BOOKING,
                            payments,
                            (connection, order, context) -> jdbc.update("INSERT INTO booking VALUES (?)", order));
        }
    }

    @Service
    static class Orders {

        private final JdbcTemplate jdbc;
        private final DurableCalls calls;

        Orders(JdbcTemplate jdbc, DurableCalls calls) {
            this.jdbc = jdbc;
            this.calls = calls;
        }

        @Transactional
        public void order(String item) {
            jdbc.update("INSERT INTO orders VALUES (?)", item);
            calls.enqueue(Tasks.PAYMENT, item);
            calls.enqueue(Tasks.BOOKING, item);
        }
    }

    /** A provider that is away at first. */
    @Component
    static class PaymentProvider {

        final AtomicInteger requests = new AtomicInteger();
        final List<String> payments = new CopyOnWriteArrayList<>();

        void pay(String order, String key) throws ConnectException {
            if (requests.incrementAndGet() < 3) {
                throw new ConnectException("the provider is down");
            }
            payments.add(order);
        }
    }
}
