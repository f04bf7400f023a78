package dev.respite.spring.boot.admission;

import dev.respite.admission.QueueTime;
import dev.respite.admission.RetryAdmission;
import dev.respite.admission.RetryAdmissionFilter;
import dev.respite.spring.boot.setup.SetupException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

/**
 * Refuses retries before first attempts while requests wait for a thread of the server.
 *
 * <p>A bean of the type {@code RetryAdmission}, {@code QueueTime} or {@code RetryAdmissionFilter} replaces that part. An
 * application that sets an executor of its own in the server wraps it by the bean {@code QueueTime}.
 */
@AutoConfiguration
@ConditionalOnClass({RetryAdmissionFilter.class, Filter.class, FilterRegistrationBean.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty(AdmissionProperties.ENABLED)
@EnableConfigurationProperties(AdmissionProperties.class)
@Import({TomcatQueueConfiguration.class, JettyQueueConfiguration.class, AdmissionMonitoring.class})
final class RespiteAdmissionAutoConfiguration {

    /** The bean of idempotency that recognizes requests whose results are recorded. */
    private static final String COMPLETED_KEYS = "respiteCompletedKeys";

    @Bean
    @ConditionalOnMissingBean
    RetryAdmission respiteRetryAdmission(AdmissionProperties properties) {
        return AdmissionRule.of(properties);
    }

    /** No request waits for a virtual thread. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnThreading(Threading.PLATFORM)
    QueueTime respiteQueueTime() {
        return QueueTime.create();
    }

    @Bean
    @ConditionalOnMissingBean
    RetryAdmissionFilter respiteRetryAdmissionFilter(
            RetryAdmission admission,
            ObjectProvider<QueueTime> queueTime,
            @Qualifier(COMPLETED_KEYS) ObjectProvider<Predicate<HttpServletRequest>> completedKeys) {
        RetryAdmissionFilter filter = filter(admission, queueTime.getIfAvailable());
        @Nullable Predicate<HttpServletRequest> exemption = completedKeys.getIfAvailable();
        return exemption == null ? filter : filter.withExemption(exemption);
    }

    private static RetryAdmissionFilter filter(RetryAdmission admission, @Nullable QueueTime measured) {
        if (measured != null) {
            return RetryAdmissionFilter.of(admission, measured);
        }
        if (admission.inProgressLimit().isEmpty()) {
            throw new SetupException(
                    AdmissionProperties.ENABLED + " would have no effect: no request waits for a thread if"
                            + " spring.threads.virtual.enabled is true, so no queue limit is ever exceeded.",
                    "Set " + AdmissionProperties.IN_PROGRESS_LIMIT
                            + " to the requests in progress up to which a retry is"
                            + " admitted; or set spring.threads.virtual.enabled to false.",
                    null);
        }
        return RetryAdmissionFilter.of(admission);
    }

    /** Before all other filters. Other dispatches belong to requests that have been decided on. */
    @Bean
    @ConditionalOnMissingBean(name = "respiteAdmissionFilter")
    FilterRegistrationBean<Filter> respiteAdmissionFilter(RetryAdmissionFilter admission) {
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(admission);
        filter.setName("respiteAdmissionFilter");
        filter.setDispatcherTypes(DispatcherType.REQUEST);
        filter.setAsyncSupported(true);
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }
}
