package dev.respite.spring.boot;

import dev.respite.Retry;

/**
 * Changes the retries that are made of properties, before they are used: adds a listener, or a budget that is shared.
 *
 * <pre>{@code
 * @Bean
 * RetryCustomizer audit(AuditLog log) {
 *     return retry -> retry.name().equals("payments") ? retry.withListener(log) : retry;
 * }
 * }</pre>
 *
 * <p>All beans of this type are applied to each retry, in their order.
 */
@FunctionalInterface
public interface RetryCustomizer {

    /**
     * Returns the retry to use in place of one.
     *
     * @param retry the retry, which has the name of its policy
     * @return the retry with the changes, under the same name
     */
    Retry customize(Retry retry);
}
