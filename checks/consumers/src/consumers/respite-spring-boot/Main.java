package consumer;

import dev.respite.Retry;
import dev.respite.RetryListener;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.RetryCustomizer;
import java.net.ConnectException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Prints: paid after 3 attempts, 3 events */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Main {

    private static int events;

    @Bean
    RetryListener auditLog() {
        return event -> events++;
    }

    // snippet docs/spring-boot.md
    @Bean
    RetryCustomizer audit(RetryListener auditLog) {
        return retry -> retry.name().equals("payments") ? retry.withListener(auditLog) : retry;
    }
    // end

    static void main(String[] args) throws Exception {
        int[] attempts = new int[1];
        try (var context = SpringApplication.run(
                Main.class,
                "--respite.policies.payments.max-attempts=4",
                "--respite.policies.payments.base-delay=1ms",
                "--spring.main.banner-mode=off")) {
            Retry payments = context.getBean(Retries.class).get("payments");
            payments.run(() -> {
                if (++attempts[0] < 3) {
                    throw new ConnectException("refused");
                }
            });
        }
        System.out.println("paid after " + attempts[0] + " attempts, " + events + " events");
    }
}
