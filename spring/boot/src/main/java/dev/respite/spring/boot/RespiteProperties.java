package dev.respite.spring.boot;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * The properties of Respite.
 *
 * @param defaults what policies have that they do not say themselves
 * @param policies the policies by their names
 * @param executor the name of the bean in which later attempts of asynchronous calls run; by default a thread is started for each
 * @param http which HTTP clients are retried
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
        @DefaultValue Http http,
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

    /**
     * The HTTP clients that are retried.
     *
     * @param policy the policy of all RestClient and WebClient builders that are beans and of HTTP service groups without a
     *     policy of their own; none if it is not given
     * @param idempotencyKeys the places that honour idempotency keys, for these clients
     * @param withoutVendorHints the origins of whose hints only Retry-After is read, for these clients
     * @param unprocessed429 the origins whose 429 means that nothing was processed, so that a POST is sent again, for these
     *     clients
     * @param groups HTTP service groups by their names
     * @param advice whether errors of this server have x-should-retry: false if its own retries have given up
     */
    record Http(
            @Nullable String policy,
            @DefaultValue List<String> idempotencyKeys,
            @DefaultValue List<String> withoutVendorHints,
            @Name("unprocessed-429") @DefaultValue List<String> unprocessed429,
            @DefaultValue Map<String, Group> groups,
            @DefaultValue("true") boolean advice) {}

    /**
     * The retries of the clients of an HTTP service group.
     *
     * @param policy the policy
     * @param idempotencyKeys true if the server at the base URL of the group honours idempotency keys; or the places that do, as
     *     URIs with or without a path; false for none
     * @param withoutVendorHints true if only Retry-After is read of the hints of the server at the base URL of the group; or the
     *     origins for which that holds; false for none
     * @param unprocessed429 true if a 429 of the server at the base URL of the group means that nothing was processed, so that
     *     a POST is sent again; or the origins for which that holds; false for none
     */
    record Group(
            @Nullable String policy,
            @DefaultValue List<String> idempotencyKeys,
            @DefaultValue List<String> withoutVendorHints,
            @Name("unprocessed-429") @DefaultValue List<String> unprocessed429) {}
}
