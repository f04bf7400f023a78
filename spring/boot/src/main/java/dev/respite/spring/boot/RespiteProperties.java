package dev.respite.spring.boot;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of Respite.
 *
 * @param defaults what policies have that they do not say themselves
 * @param policies the policies by their names
 * @param executor the name of the bean in which later attempts of asynchronous calls run; by default a thread is started for each
 * @param http the HTTP clients that are retried, which have a record of their own
 * @param idempotency idempotent endpoints, which have a record of their own
 * @param admission the admission of retries to this server, which has a record of its own
 * @param durable calls that survive a crash, which have a record of their own
 * @param doctor what happens at start if the class path has other clients that retry by themselves
 * @param doctorIgnore other clients whose retries are switched off, by the names in the warnings
 */
@ConfigurationProperties(value = RespiteProperties.PREFIX, ignoreUnknownFields = false)
record RespiteProperties(
        @NestedConfigurationProperty @DefaultValue PolicyProperties defaults,
        @DefaultValue Map<String, PolicyProperties> policies,
        @Nullable String executor,
        @DefaultValue Map<String, Object> http,
        @DefaultValue Map<String, Object> idempotency,
        @DefaultValue Map<String, Object> admission,
        @DefaultValue Map<String, Object> durable,
        @DefaultValue("warn") Doctor doctor,
        @DefaultValue List<String> doctorIgnore) {

    static final String PREFIX = "respite";

    /** By name, so that logs and errors have one order. */
    RespiteProperties {
        policies = new TreeMap<>(policies);
    }

    /** The reaction at start if the class path has other clients that retry by themselves. */
    enum Doctor {
        /** A warning for each. */
        WARN,
        /** The application does not start. */
        FAIL,
        /** Nothing. */
        OFF
    }
}
