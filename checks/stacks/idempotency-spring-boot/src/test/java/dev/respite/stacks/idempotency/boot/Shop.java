package dev.respite.stacks.idempotency.boot;

import dev.respite.idempotency.Scope;
import dev.respite.spring.boot.idempotency.IdempotencyScope;
import dev.respite.spring.boot.idempotency.Idempotent;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** A shop with idempotent endpoints, as its owner would write it. */
@Configuration(proxyBeanMethods = false)
@Import({Server.class, Entries.class})
class Shop {

    static final List<String> PROPERTIES = List.of("shop.retention=72h");

    /** Requests that wait for the test, by their items. */
    private static final Map<String, CountDownLatch> GATES = new ConcurrentHashMap<>();

    record Order(String item, String sentAt) {}

    /** The endpoints. */
    @RestController
    static class Orders {

        private final Entries entries;

        Orders(Entries entries) {
            this.entries = entries;
        }

        @PostMapping("/orders")
        @Idempotent
        ResponseEntity<String> order(@RequestBody String item) {
            long number = entries.add(item);
            return ResponseEntity.created(URI.create("/orders/" + number)).body("order " + number);
        }

        @PostMapping("/lines/{line}")
        @Idempotent(keyRequired = false)
        String line(@PathVariable String line, @RequestBody String item) {
            return "line " + line + " " + entries.add(item);
        }

        @PostMapping("/plain")
        String plain(@RequestBody String item) {
            return "plain " + entries.add(item);
        }

        @PostMapping("/broken")
        @Idempotent
        String broken(@RequestBody String item) {
            entries.add(item);
            throw new IllegalStateException("planned");
        }

        @PostMapping("/refused")
        @Idempotent
        ResponseEntity<String> refused(@RequestBody String item) {
            entries.add(item);
            return ResponseEntity.status(422).body("refused " + item);
        }

        @PostMapping("/gated")
        @Idempotent
        String gated(@RequestBody String item) throws InterruptedException {
            entered(item).countDown();
            gate(item).await();
            return "gated " + entries.add(item);
        }

        @PostMapping("/tenants")
        @Idempotent(scope = "tenant", sharedScope = true)
        String tenant(@RequestBody String item) {
            return "tenant " + entries.add(item);
        }

        @PostMapping("/fields")
        @Idempotent(fingerprint = "/item")
        String fields(@RequestBody Order order) {
            return "fields " + entries.add(order.item());
        }

        @PostMapping("/kept")
        @Idempotent(retention = "${shop.retention}")
        String kept(@RequestBody String item) {
            return "kept " + entries.add(item);
        }
    }

    static CountDownLatch gate(String item) {
        return GATES.computeIfAbsent(item, unseen -> new CountDownLatch(1));
    }

    static CountDownLatch entered(String item) {
        return GATES.computeIfAbsent("entered " + item, unseen -> new CountDownLatch(1));
    }

    @Bean
    IdempotencyScope tenant() {
        return request -> Optional.ofNullable(request.getHeader("Tenant")).map(Scope::of);
    }
}
