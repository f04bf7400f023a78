package dev.respite.spring.boot.test.shop;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** The application under test, found by component scan. */
@SpringBootApplication
class Shop {

    /** The time of the application, which a test replaces. */
    @Bean
    TimeSource time() {
        return TimeSource.system();
    }

    /** A retry that the application makes by itself, with the time of the system. */
    @Bean
    Retry own() {
        return Retry.of(RetryPolicy.parse("base-delay=1h max-delay=1h total-timeout=off budget=off"))
                .withName("own");
    }
}
