package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;

/** Makes the retries of an application. Each is logged in one line, with all values of its policy; its warnings follow. */
final class RetryBeanFactory {

    private static final Log LOGGER = LogFactory.getLog(RespiteAutoConfiguration.class);

    private final ObjectProvider<RetryCustomizer> customizers;
    private final ObjectProvider<TimeSource> time;

    RetryBeanFactory(ObjectProvider<RetryCustomizer> customizers, ObjectProvider<TimeSource> time) {
        this.customizers = customizers;
        this.time = time;
    }

    Retry create(String name, RetryPolicy policy) {
        LOGGER.info("Retry policy '" + name + "': " + policy);
        Retry retry = Retry.of(policy, time.getIfAvailable(TimeSource::system)).withName(name);
        for (RetryCustomizer customizer : customizers.orderedStream().toList()) {
            retry = customizer.customize(retry);
        }
        if (!retry.name().equals(name)) {
            throw new IllegalStateException("a RetryCustomizer has renamed the retry '" + name + "' to '" + retry.name()
                    + "'; the name of a retry is that of its policy: leave withName out");
        }
        return retry;
    }
}
