package dev.respite.stacks.durable;

import dev.respite.Retry;
import dev.respite.durable.DataCodec;
import dev.respite.durable.DurableTask;
import dev.respite.spring.Respite;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.RetryCustomizer;
import dev.respite.spring.boot.durable.DurableCalls;
import dev.respite.spring.boot.durable.DurableRetryCustomizer;
import dev.respite.spring.boot.idempotency.Idempotent;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** An application that uses each feature once. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ImportHttpServices(group = "payments", types = AheadOfTime.Payments.class)
@Import({AheadOfTime.Receipts.class, AheadOfTime.Orders.class, AheadOfTime.Payouts.class, AheadOfTime.Endpoint.class})
class AheadOfTime {

    static final DurableTask<String> MAIL = DurableTask.of("mail", DataCodec.text());

    public static void main(String[] arguments) {
        SpringApplication.run(AheadOfTime.class, arguments);
    }

    @Bean
    RetryCustomizer counting(AtomicInteger customized) {
        return retry -> {
            customized.incrementAndGet();
            return retry;
        };
    }

    @Bean
    AtomicInteger customized() {
        return new AtomicInteger();
    }

    @Bean
    DurableRetryCustomizer mails(Retries retries, Orders orders) {
        return durable -> durable.task(
                MAIL,
                retries.get("payments"),
                (item, context) -> orders.mailed().countDown());
    }

    /** A service that is called over HTTP. */
    interface Payments {
        @PostExchange("/payments")
        String pay();
    }

    /** Fails at the first three attempts, or at all. */
    @Service
    static class Receipts {

        private final AtomicInteger attempts = new AtomicInteger();
        private final Retry search;

        Receipts(@Qualifier("search") Retry search) {
            this.search = search;
        }

        Retry search() {
            return search;
        }

        @Respite("payments")
        String print() throws IOException {
            if (attempts.incrementAndGet() < 4) {
                throw new ConnectException("refused");
            }
            return "printed";
        }

        @Respite(value = "search", fallback = "later")
        String send(String item) throws IOException {
            throw new ConnectException("refused");
        }

        String later(String item) {
            return item + " later";
        }
    }

    /** Enqueues in a transaction. */
    @Service
    static class Orders {

        private final CountDownLatch mailed = new CountDownLatch(1);
        private final DurableCalls calls;

        Orders(DurableCalls calls) {
            this.calls = calls;
        }

        CountDownLatch mailed() {
            return mailed;
        }

        @Transactional
        public void order(String item) {
            calls.enqueue(MAIL, item);
        }
    }

    /** A service whose calls have keys. */
    @Service
    static class Payouts {

        private final AtomicInteger payouts = new AtomicInteger();

        @Idempotent(key = "#order")
        @Transactional
        public String pay(String order) {
            return "payout " + payouts.incrementAndGet() + " of " + order;
        }
    }

    @RestController
    static class Endpoint {

        private final AtomicInteger orders = new AtomicInteger();

        @PostMapping("/orders")
        @Idempotent(retention = "2h")
        String order() {
            return "order " + orders.incrementAndGet();
        }
    }
}
