package dev.respite.stacks.migration;

import dev.respite.spring.boot.RetryCustomizer;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.retry.RetryCallback;
import org.springframework.retry.RetryContext;
import org.springframework.retry.RetryListener;
import org.springframework.retry.annotation.EnableRetry;

/** An application in which a method has been migrated, and two have not. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableRetry
class Application {

    /** Messages of the failures that Spring Retry has published. */
    static final class Log implements RetryListener {
        final List<String> failures = new ArrayList<>();

        @Override
        public <T, E extends Throwable> void onError(
                RetryContext context, RetryCallback<T, E> call, Throwable failure) {
            failures.add(failure.getMessage());
        }
    }

    @Bean
    Log retryLog() {
        return new Log();
    }

    @Bean
    RetryCustomizer pending() {
        return retry -> retry.withPolicy(retry.policy().toBuilder()
                .retryOnResult(String.class, "pending"::equals)
                .build());
    }
}
