package dev.respite.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Retries a method of a Spring bean, or each public method of a class, under the retry of a name.
 *
 * <pre>{@code
 * @Respite("payments")
 * Receipt charge(Order order) { … }
 * }</pre>
 *
 * <p>An attempt is one call of the method. A method that returns a {@code CompletionStage}, {@code CompletableFuture},
 * {@code Mono} or {@code Flux}, or that is a suspending function of Kotlin, is retried when its result fails. It holds no thread
 * between attempts. A {@code Mono} or {@code Flux} makes its call when it is subscribed to; each attempt calls
 * the method. The caller receives the last failure as it was thrown.
 *
 * <p>The retry is outside of all other aspects, whatever their order: each attempt of a {@code @Transactional} method is a
 * transaction of its own. The one exception is {@code @Async}, which is outside of the retry.
 *
 * <p>An annotation that cannot work is rejected when the bean is created. This is an unknown name, a method that no proxy can
 * override (private, static, final), a method that returns a {@code Future}, or a fallback that does not fit. Calls of the bean's
 * own methods by {@code this} pass no proxy and are not retried.
 *
 * @see EnableRespite
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Respite {

    /**
     * The name of the retry, as {@link Retries} has it.
     *
     * @return the name
     */
    String value();

    /**
     * The name of a method of the same class that is called instead when the call has failed. It has the parameters of the
     * annotated method, and by choice one more: the failure, as a {@code Throwable} or a narrower type; failures of other
     * types pass. Of several methods of the name, each for another type, the one for the nearest type is called. Its return type is assignable to the return type of the annotated method. An {@code Error}, an interruption
     * and a cancellation are never replaced. Only for an annotation on a method.
     *
     * @return the name; empty for none
     */
    String fallback() default "";

    /**
     * Returns whether the method may run again after a transaction of an earlier attempt was committed, or may have been. By
     * default such an attempt is the last of its call; where the policy would have made another, the stop reason is {@link
     * dev.respite.outcome.StopReason#NOT_IDEMPOTENT}. A connection that breaks during the commit leaves open whether the
     * transaction took effect.
     *
     * @return true if a repetition does no harm
     */
    boolean idempotent() default false;

    /**
     * Returns whether the thread of an attempt is interrupted at the attempt timeout of the policy, as {@link
     * dev.respite.Retry#callWithInterrupt} does. Only for a method that returns when it is done, that ends when its thread is
     * interrupted, and that leaves nothing half done then. Without it the attempt timeout has no effect on such a method.
     *
     * @return true to interrupt it
     */
    boolean interrupt() default false;
}
