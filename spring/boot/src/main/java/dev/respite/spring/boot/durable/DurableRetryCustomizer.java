package dev.respite.spring.boot.durable;

import dev.respite.durable.DurableRetryBuilder;

/**
 * Adds tasks to the durable calls of the application, or changes how they are run.
 *
 * <pre>{@code
 * @Bean
 * DurableRetryCustomizer payments(Retries retries, PaymentProvider provider) {
 *     return durable -> durable.task(
 *             PAYMENT, retries.get("payments"), (order, context) -> provider.pay(order, context.key()));
 * }
 * }</pre>
 *
 * <p>All beans of this type are applied, in their order, after the properties. An instance without one enqueues calls and runs
 * none. May be applied again, when the context is stopped and started.
 */
@FunctionalInterface
public interface DurableRetryCustomizer {

    /**
     * Changes the builder.
     *
     * @param durable the builder, with the properties of the application
     */
    void customize(DurableRetryBuilder durable);
}
