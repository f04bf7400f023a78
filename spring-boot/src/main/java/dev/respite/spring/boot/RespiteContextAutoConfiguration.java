package dev.respite.spring.boot;

import io.micrometer.context.ContextSnapshotFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Carries what Micrometer's context propagation knows (observations, the keys of logs) to later attempts of asynchronous calls. */
@AutoConfiguration(before = RespiteAutoConfiguration.class)
@ConditionalOnClass(ContextSnapshotFactory.class)
final class RespiteContextAutoConfiguration {

    /** First, so that a customizer of the application can replace the carrier. */
    @Bean
    @ConditionalOnMissingBean(name = "respiteContextPropagation")
    @Order(Ordered.HIGHEST_PRECEDENCE)
    RetryCustomizer respiteContextPropagation() {
        ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
        return retry -> retry.withContext(task -> snapshots.captureAll().wrap(task));
    }
}
