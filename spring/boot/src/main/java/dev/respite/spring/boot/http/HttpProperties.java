package dev.respite.spring.boot.http;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * The properties below {@code respite.http}.
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
@ConfigurationProperties(value = HttpProperties.PREFIX, ignoreUnknownFields = false)
record HttpProperties(
        @Nullable String policy,
        @DefaultValue List<String> idempotencyKeys,
        @DefaultValue List<String> withoutVendorHints,
        @Name("unprocessed-429") @DefaultValue List<String> unprocessed429,
        @DefaultValue Map<String, Group> groups,
        @DefaultValue("true") boolean advice) {

    static final String PREFIX = "respite.http";
    static final String GROUPS = PREFIX + ".groups.";

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
