package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.time.TimeSource;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;

/** Creates the retry of each policy, for the beans that {@link RetryBeanRegistrar} has defined. */
final class PolicyRetries {

    private static final Log LOGGER = LogFactory.getLog(RespiteAutoConfiguration.class);

    private final Map<String, RetryPolicy> policies;
    private final ObjectProvider<TimeSource> time;
    private final AttemptThreads threads;
    private final ObjectProvider<RetryCustomizer> customizers;

    /**
     * Checks the properties.
     *
     * @param names the names of the policies when the beans were defined
     * @throws SetupException if a value is wrong, or the names have changed
     */
    PolicyRetries(
            String[] names,
            RespiteProperties properties,
            ObjectProvider<TimeSource> time,
            AttemptThreads threads,
            ObjectProvider<RetryCustomizer> customizers) {
        this.policies = PolicyFactory.of(properties);
        this.time = time;
        this.threads = threads;
        this.customizers = customizers;
        if (properties.executor() != null && time.getIfAvailable() != null) {
            LOGGER.warn("respite.executor has no effect beside a bean of the type TimeSource: create that by"
                    + " TimeSource.on(executor), or remove one of the two");
        }
        Set<String> defined = new TreeSet<>(Set.of(names));
        if (!defined.equals(policies.keySet())) {
            throw new SetupException(
                    "The names below respite.policies are " + policies.keySet() + ", and were " + defined
                            + " when their beans were defined, which processing ahead of time does in the build.",
                    "Process the application with the same names, in its files or in profiles that are active for both;"
                            + " the values may differ. Or start it without spring.aot.enabled.",
                    null);
        }
        if (!defined.isEmpty()) {
            LOGGER.info("Retry policies: " + String.join(", ", defined) + " (values: level DEBUG, endpoint 'respite')");
        }
    }

    /** Creates a retry. The engine logs the warnings of the policy as customized. */
    Retry create(String name) {
        RetryPolicy policy = Objects.requireNonNull(policies.get(name));
        LOGGER.debug("Retry policy '" + name + "': " + policy);
        TimeSource given = time.getIfAvailable();
        Retry retry =
                Retry.silent(policy, given == null ? threads.time() : given).withName(name);
        for (RetryCustomizer customizer : customizers.orderedStream().toList()) {
            retry = customizer.customize(retry);
        }
        if (!retry.name().equals(name)) {
            throw new IllegalStateException("a RetryCustomizer has renamed the retry '" + name + "' to '" + retry.name()
                    + "'; the name of a retry is that of its policy: leave withName out");
        }
        return threads.withContext(retry.withWarnings());
    }
}
