package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.RetryListener;
import dev.respite.spring.Respite;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** The code of {@code docs/spring-boot.md}: its blocks are taken from here. */
final class SpringBootPage {

    private SpringBootPage() {}

    interface Payments {
        @PostExchange("/payments")
        String pay(@RequestBody String order);
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "payments", types = Payments.class)
    static class Clients {}

    @Service
    static class Receipts {
        private final Retry payments;
        private final Mail mail;

        Receipts(@Qualifier("payments") Retry payments, Mail mail) {
            this.payments = payments;
            this.mail = mail;
        }

        @Respite("payments")
        String send(String receipt) throws IOException {
            return mail.send(receipt);
        }

        String sendLater(String receipt) throws IOException {
            return payments.call(() -> mail.send(receipt));
        }
    }

    interface Mail {
        String send(String receipt) throws IOException;
    }

    static final AtomicInteger ATTEMPTS = new AtomicInteger();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Clients.class, Receipts.class})
    static class Application {

        @Bean
        Mail mail() {
            return receipt -> {
                if (ATTEMPTS.incrementAndGet() % 2 == 1) {
                    throw new ConnectException("refused");
                }
                return receipt;
            };
        }

        @Bean
        RetryListener auditLog() {
            return event -> {};
        }

        @Bean
        RetryCustomizer audit(RetryListener auditLog) {
            return retry -> retry.name().equals("payments") ? retry.withListener(auditLog) : retry;
        }
    }
}
