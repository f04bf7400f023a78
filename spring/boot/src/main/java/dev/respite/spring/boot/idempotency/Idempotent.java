package dev.respite.spring.boot.idempotency;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs the requests of a controller method, or the calls of a bean method with a {@link #key}, once for each idempotency key. The
 * result of the first is replayed to the others. Keys of requests to other methods are ignored.
 *
 * <pre>{@code
 * @PostMapping("/payments")
 * @Idempotent
 * Receipt pay(@RequestBody Payment payment) { … }
 * }</pre>
 *
 * <p>On a method of another bean, {@link #key} is an expression for the key of a call. If the method throws an exception, its
 * transaction is rolled back, and the key may be used again. A call by {@code this} passes no proxy of Spring, and runs each time.
 *
 * <pre>{@code
 * @Idempotent(key = "#order.id")
 * public Receipt place(Order order) { … }
 * }</pre>
 *
 * <p>By default the key is required and its record is in the database of the application. Everything that the method writes there
 * through Spring's transactions is committed with the record, or rolled back. The method may run more than once, each time
 * after everything before was rolled back.
 *
 * <p>An annotation that cannot work is rejected at start:
 *
 * <ul>
 *   <li>in that mode, a method that responds after it has returned (a {@code CompletableFuture}, a stream)
 *   <li>a mapping with {@code params}, which may be in the body
 *   <li>a mapping without an HTTP method, or with a safe one
 *   <li>a scope, a fingerprint or a retention that is not valid
 *   <li>a scope without principals, unless it is shared
 *   <li>with a shared scope, a rule of Spring Security that reads an argument or the result, without a {@link
 *       #replayAuthorizer}
 *   <li>with a {@link #key}, a rule for requests, and a method that handles requests or that no proxy can intercept
 *   <li>with a {@link #key}, an overload, a result that ends later, and a transaction that is not the record's
 * </ul>
 *
 * <p>Functional endpoints and endpoints of WebFlux are not supported.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Idempotent {

    /**
     * The key of a call of a bean method that handles no request, as an expression of Spring over the arguments: {@code
     * "#order.id"}, {@code "#tenant + '/' + #order.id"}, or {@code "#a0"} by position. Its value is a text, a number, a UUID or an
     * enum, and the same in each attempt.
     *
     * @return the expression; empty for a method of a controller, whose requests have their keys in a header
     */
    String key() default "";

    /**
     * Returns whether a request must have a key. If not, a request without a key runs each time, and so does a call whose {@link
     * #key} is null.
     *
     * @return true if a request without a key gets 400, and a call an {@code IllegalArgumentException}
     */
    boolean keyRequired() default true;

    /**
     * The owner of a key: the name of a bean of the type {@link IdempotencyScope}, whose result is combined with the principal of
     * the request. By default it is the principal, or another by {@code respite.idempotency.scope}.
     *
     * @return the name of the bean; empty for the default
     */
    String scope() default "";

    /**
     * Returns whether the scope alone is the owner of a key. All its callers then get the responses of the others, if they send
     * their keys and requests, and need no principal.
     *
     * @return true if the scope is not combined with the principal
     */
    boolean sharedScope() default false;

    /**
     * The authorization of replays: the name of a bean of the type {@code BiPredicate<HttpServletRequest, IdempotencyRecord>}. A
     * replay for which it returns false is a 403. Rules of Spring Security on the method and its class are evaluated before a
     * replay in any case, except those that read an argument or the result.
     *
     * @return the name of the bean; empty for none
     */
    String replayAuthorizer() default "";

    /**
     * The parts of a JSON body that two requests with the same key must have in common, as JSON Pointers: {@code "/amount"},
     * {@code "/to/iban"}. Use it if clients send a body that differs between two attempts, for example in the time of sending.
     * Method, path and query are compared in any case, and so is the whole of a body that is not JSON. By default the whole
     * body is compared, byte by byte.
     *
     * <p>With a {@link #key}, the document is an object of the arguments by the names of their parameters: {@code
     * "/order/amount"}. By default all arguments are compared, in JSON. A {@code Set} may be in another order after a restart.
     *
     * @return the pointers; empty for the whole body, or all arguments
     */
    String[] fingerprint() default {};

    /**
     * Returns the minimum time for which the response is kept: a duration as Spring Boot reads it ({@code 7d}, {@code PT48H}), or a
     * placeholder ({@code ${payments.retention}}). The default is {@code respite.idempotency.retention}.
     *
     * @return the duration; empty for the default
     */
    String retention() default "";
}
