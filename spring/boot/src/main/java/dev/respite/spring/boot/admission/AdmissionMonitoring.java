package dev.respite.spring.boot.admission;

import dev.respite.admission.RetryAdmissionFilter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The counts of the filter as meters, which read them at each scrape. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(MeterBinder.class)
final class AdmissionMonitoring {

    private static final String REQUESTS = "respite.admission.requests";
    private static final String IN_PROGRESS = "respite.admission.in.progress";

    @Bean
    @ConditionalOnMissingBean(name = "respiteAdmissionMeters")
    MeterBinder respiteAdmissionMeters(RetryAdmissionFilter filter) {
        return registry -> {
            count(registry, "first", filter, RetryAdmissionFilter::firstAttempts);
            count(registry, "admitted", filter, RetryAdmissionFilter::admittedRetries);
            count(registry, "refused", filter, RetryAdmissionFilter::refusedRetries);
            Gauge.builder(IN_PROGRESS, filter, RetryAdmissionFilter::inProgress)
                    .description("Requests in progress, asynchronous ones until they are complete")
                    .register(registry);
        };
    }

    private static void count(
            MeterRegistry registry,
            String outcome,
            RetryAdmissionFilter filter,
            ToDoubleFunction<RetryAdmissionFilter> requests) {
        FunctionCounter.builder(REQUESTS, filter, requests)
                .description("First attempts, admitted retries and refused retries")
                .tag("outcome", outcome)
                .register(registry);
    }
}
