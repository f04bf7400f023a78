package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import io.github.resilience4j.retry.MaxRetriesExceededException;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.retry.RetryException;
import org.springframework.retry.support.RetryTemplate;

/** The table "What differs" of {@code docs/migrating.md}: which failures each library retries, and what its caller gets. */
class MigrationFactsTest {

    private static final Duration SHORT = Duration.ofMillis(1);
    private final Error error = new AssertionError("a bug");
    private final Exception interrupted = new InterruptedException("stop");
    private final Exception checked = new IOException("disk");
    private final Exception unchecked = new UncheckedIOException("wrapped", new IOException("disk"));

    private final AtomicInteger attempts = new AtomicInteger();

    /** A retry of one library, with the exceptions that it retries where a list is given. */
    @FunctionalInterface
    private interface Library {
        Object call(Callable<Object> operation) throws Throwable;
    }

    private static Library resilience4j(RetryConfig.Builder<Object> config) {
        io.github.resilience4j.retry.Retry retry = io.github.resilience4j.retry.Retry.of(
                "test", config.waitDuration(SHORT).build());
        return retry::executeCallable;
    }

    private static Library failsafe(dev.failsafe.RetryPolicyBuilder<Object> policy) {
        return operation -> Failsafe.with(policy.build()).get(operation::call);
    }

    private static Library springRetry(RetryTemplate template) {
        return operation -> template.execute(context -> operation.call());
    }

    private static org.springframework.core.retry.RetryTemplate spring7(
            org.springframework.core.retry.RetryPolicy.Builder policy) {
        return new org.springframework.core.retry.RetryTemplate(
                policy.maxRetries(3).delay(SHORT).build());
    }

    private static Library respite(String policy) {
        Retry retry = Retry.of(RetryPolicy.parse("base-delay=1ms " + policy));
        return retry::call;
    }

    private static final Library RESILIENCE4J = resilience4j(RetryConfig.custom());
    private static final Library FAILSAFE = failsafe(dev.failsafe.RetryPolicy.builder());
    private static final Library SPRING_RETRY =
            springRetry(RetryTemplate.builder().maxAttempts(3).noBackoff().build());
    private static final Library SPRING_7 = operation ->
            spring7(org.springframework.core.retry.RetryPolicy.builder()).execute(operation::call);
    private static final Library RESPITE = respite("retry-on=any");

    @AfterEach
    void clearInterrupt() {
        boolean unused = Thread.interrupted();
    }

    private int attemptsOf(Library library, Throwable failure) {
        attempts.set(0);
        Throwable thrown = thrown(library, failure);
        boolean unused = Thread.interrupted();
        assertThat(thrown).isNotNull();
        return attempts.get();
    }

    private Throwable thrown(Library library, Throwable failure) {
        ThrowingCallable call = () -> library.call(() -> {
            attempts.incrementAndGet();
            if (failure instanceof Error thrown) {
                throw thrown;
            }
            throw (Exception) failure;
        });
        return catchThrowable(call);
    }

    @Test
    void error_isRetriedByFailsafeAndSpring7() {
        assertThat(attemptsOf(RESILIENCE4J, error)).isEqualTo(1);
        assertThat(attemptsOf(FAILSAFE, error)).isEqualTo(3);
        assertThat(attemptsOf(SPRING_RETRY, error)).isEqualTo(1);
        assertThat(attemptsOf(SPRING_7, error)).isEqualTo(4);
        assertThat(attemptsOf(RESPITE, error)).isEqualTo(1);
    }

    @Test
    void interruptedException_isRetriedByAllButFailsafeAndRespite() {
        assertThat(attemptsOf(RESILIENCE4J, interrupted)).isEqualTo(3);
        assertThat(attemptsOf(FAILSAFE, interrupted)).isEqualTo(1);
        assertThat(attemptsOf(SPRING_RETRY, interrupted)).isEqualTo(3);
        assertThat(attemptsOf(SPRING_7, interrupted)).isEqualTo(4);
        assertThat(attemptsOf(RESPITE, interrupted)).isEqualTo(1);
    }

    @Test
    void listOfExceptions_isComparedWithCausesByHalfOfThem() {
        var template = RetryTemplate.builder().maxAttempts(3).noBackoff().retryOn(IOException.class);
        assertThat(attemptsOf(resilience4j(RetryConfig.custom().retryExceptions(IOException.class)), unchecked))
                .isEqualTo(1);
        assertThat(attemptsOf(failsafe(dev.failsafe.RetryPolicy.builder().handle(IOException.class)), unchecked))
                .isEqualTo(1);
        assertThat(attemptsOf(springRetry(template.build()), unchecked)).isEqualTo(1);
        assertThat(attemptsOf(springRetry(template.traversingCauses().build()), unchecked))
                .isEqualTo(3);
        var includes = org.springframework.core.retry.RetryPolicy.builder().includes(IOException.class);
        assertThat(attemptsOf(operation -> spring7(includes).execute(operation::call), unchecked))
                .isEqualTo(4);
        assertThat(attemptsOf(respite("retry-on=java.io.IOException stop-on=any"), unchecked))
                .isEqualTo(3);
    }

    @Test
    void listOfExceptions_excludesOthersButInRespite() {
        Exception timeout = new java.util.concurrent.TimeoutException();
        assertThat(attemptsOf(resilience4j(RetryConfig.custom().retryExceptions(IOException.class)), timeout))
                .isEqualTo(1);
        assertThat(attemptsOf(respite("retry-on=java.io.IOException"), timeout)).isEqualTo(3);
        assertThat(attemptsOf(respite("retry-on=java.io.IOException stop-on=any"), timeout))
                .isEqualTo(1);
    }

    @Test
    void lastFailure_isThrownAsItIsOrWrapped() {
        assertThat(thrown(RESILIENCE4J, checked)).isSameAs(checked);
        assertThat(thrown(FAILSAFE, checked))
                .isInstanceOf(FailsafeException.class)
                .hasCause(checked);
        assertThat(thrown(FAILSAFE, unchecked)).isSameAs(unchecked);
        assertThat(thrown(SPRING_RETRY, checked)).isSameAs(checked);
        assertThat(thrown(SPRING_7, checked)).isInstanceOf(RetryException.class).hasCause(checked);
        assertThat(thrown(RESPITE, checked)).isSameAs(checked);
        Library invoked = operation -> spring7(org.springframework.core.retry.RetryPolicy.builder())
                .invoke(() -> {
                    throw (RuntimeException) unchecked;
                });
        assertThat(thrown(invoked, unchecked)).isSameAs(unchecked);
    }

    @Test
    void rejectedResult_isReturned() throws Throwable {
        Callable<Object> pending = () -> "pending";
        var rejecting = RetryPolicy.parse("base-delay=1ms").toBuilder();
        assertThat(resilience4j(RetryConfig.custom().retryOnResult("pending"::equals))
                        .call(pending))
                .isEqualTo("pending");
        assertThat(catchThrowable(() -> resilience4j(RetryConfig.custom()
                                .retryOnResult("pending"::equals)
                                .failAfterMaxAttempts(true))
                        .call(pending)))
                .isInstanceOf(MaxRetriesExceededException.class);
        assertThat(failsafe(dev.failsafe.RetryPolicy.builder().handleResult("pending"))
                        .call(pending))
                .isEqualTo("pending");
        assertThat(Retry.of(rejecting
                                .retryOnResult(String.class, "pending"::equals)
                                .build())
                        .call(pending))
                .isEqualTo("pending");
    }
}
