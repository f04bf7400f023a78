package dev.respite.stacks.idempotency.boot;

import dev.respite.idempotency.Scope;
import dev.respite.spring.boot.idempotency.IdempotencyScope;
import dev.respite.spring.boot.idempotency.Idempotent;
import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The code of {@code docs/spring-boot-idempotency.md}. */
@Configuration(proxyBeanMethods = false)
@Import({Server.class, Entries.class})
class Guide {

    @RestController
    static class PaymentController {

        private final JdbcTemplate jdbc;

        PaymentController(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @PostMapping("/payments")
        @Idempotent
        ResponseEntity<String> pay(@RequestBody Payment payment) {
            jdbc.update("INSERT INTO payment (recipient, amount) VALUES (?, ?)", payment.to(), payment.amount());
            return ResponseEntity.status(201).body("paid " + payment.amount() + " to " + payment.to());
        }
    }

    record Payment(String to, int amount) {}

    record Order(String item, int quantity, String sentAt) {}

    @RestController
    static class OrderController {

        private final AtomicInteger orders = new AtomicInteger();

        @PostMapping("/orders")
        @Idempotent(
                keyRequired = false,
                scope = "tenant",
                fingerprint = {"/item", "/quantity"},
                retention = "7d")
        String order(@RequestBody Order order) {
            return "order " + orders.incrementAndGet() + " of " + order.item();
        }
    }

    @Service
    static class TransferService {

        private final JdbcTemplate jdbc;

        TransferService(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Idempotent(key = "#id")
        Payment run(String id, Payment payment) {
            jdbc.update("INSERT INTO payment (recipient, amount) VALUES (?, ?)", payment.to(), payment.amount());
            return payment;
        }
    }

    @Bean
    IdempotencyScope tenant() {
        return request -> Optional.ofNullable(request.getUserPrincipal())
                .map(Principal::getName) // alice@acme
                .filter(name -> name.contains("@")) // else 401
                .map(name -> Scope.of(name.substring(name.indexOf('@') + 1)));
    }
}
