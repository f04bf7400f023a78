package consumer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** Prints: paid 100 to bob */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Main {

    // snippet docs/spring-boot-idempotency.md
    record Payment(String to, int amount) {}
    // end

    /** An application without Spring MVC, to which idempotent endpoints add nothing. */
    static void main(String[] args) {
        try (var context = SpringApplication.run(
                Main.class, "--respite.idempotency.retention=48h", "--spring.main.banner-mode=off")) {
            Payment payment = new Payment("bob", 100);
            System.out.println(context.isActive() ? "paid " + payment.amount() + " to " + payment.to() : "not started");
        }
    }
}
