package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.util.backoff.BackOffExecution;

/** Spring's own RetryTemplate and its annotation beside Respite. */
class RespiteRetryPolicyTest {

    private int attempts;

    private static Retry retry(String policy) {
        return Retry.withoutWarnings(RetryPolicy.parse(policy), TimeSource.system());
    }

    private static RetryTemplate template(Retry retry) {
        RespiteRetryPolicy policy = RespiteRetryPolicy.of(retry);
        RetryTemplate template = new RetryTemplate(policy);
        template.setRetryListener(policy);
        return template;
    }

    private Object fail(int failures, Exception failure) throws Exception {
        if (++attempts <= failures) {
            throw failure;
        }
        return "done";
    }

    @Test
    void template_retriesWhatThePolicyRetries() throws RetryException {
        RetryTemplate template = template(retry("max-attempts=4 base-delay=1ms budget=off"));
        assertThat(template.<Object>execute(() -> fail(3, new ConnectException())))
                .isEqualTo("done");
        assertThat(attempts).isEqualTo(4);
        attempts = 0;
        assertThatThrownBy(() -> template.<Object>execute(() -> fail(9, new ConnectException())))
                .hasCauseInstanceOf(ConnectException.class);
        assertThat(attempts).isEqualTo(4);
        attempts = 0;
        assertThatThrownBy(() -> template.<Object>execute(() -> fail(9, new IllegalArgumentException())))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(attempts).isEqualTo(1);
    }

    @Test
    void rules_forAKindOfError_apply() {
        RetryTemplate template = template(retry("max-attempts=4 base-delay=1ms on.timeout.max-attempts=2 budget=off"));
        assertThatThrownBy(() -> template.<Object>execute(() -> fail(9, new SocketTimeoutException())))
                .isInstanceOf(RetryException.class);
        assertThat(attempts).isEqualTo(2);
    }

    @Test
    void delays_areThoseOfThePolicyRoundedUp() {
        RespiteRetryPolicy policy =
                RespiteRetryPolicy.of(retry("max-attempts=4 base-delay=1500us jitter=none budget=off"));
        BackOffExecution execution = policy.getBackOff().start();
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            assertThat(policy.shouldRetry(new ConnectException())).isTrue();
            delays.add(execution.nextBackOff());
        }
        assertThat(delays).containsExactly(2L, 3L, 6L, BackOffExecution.STOP);
    }

    @Test
    void totalTimeout_isSpringsAndOurs() {
        VirtualTime time = new VirtualTime(1);
        RespiteRetryPolicy policy = RespiteRetryPolicy.of(Retry.withoutWarnings(
                RetryPolicy.parse("max-attempts=9 base-delay=1s jitter=none total-timeout=5s budget=off"), time));
        assertThat(policy.getTimeout()).isEqualTo(Duration.ofSeconds(5));
        BackOffExecution execution = policy.getBackOff().start();
        assertThat(policy.shouldRetry(new ConnectException())).isTrue();
        assertThat(execution.nextBackOff()).isEqualTo(1000);
        time.advance(Duration.ofSeconds(4));
        assertThat(policy.shouldRetry(new ConnectException())).isTrue();
        assertThat(execution.nextBackOff()).isEqualTo(BackOffExecution.STOP);
        assertThat(RespiteRetryPolicy.of(retry("total-timeout=off")).getTimeout())
                .isZero();
    }

    @Test
    void executions_ofOnePolicy_countTheirOwnAttempts() throws Exception {
        RetryTemplate template = template(retry("max-attempts=3 base-delay=1ms budget=off"));
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(pool.submit(() -> {
                int[] own = {0};
                assertThatThrownBy(() -> template.<Object>execute(() -> {
                            own[0]++;
                            throw new ConnectException();
                        }))
                        .isInstanceOf(RetryException.class);
                return own[0];
            }));
        }
        for (Future<Integer> call : calls) {
            assertThat(call.get()).isEqualTo(3);
        }
        pool.shutdown();
    }

    @Test
    void budget_isSpentByRetriesAndRefilledBySuccesses() throws RetryException {
        Retry retry = retry("max-attempts=2 base-delay=1ms budget=success:0.5/5/1");
        double full = retry.budget().retriesLeft();
        RetryTemplate template = template(retry);
        while (retry.budget().retriesLeft() >= 1) {
            assertThatThrownBy(() -> template.<Object>execute(() -> fail(99, new ConnectException())));
        }
        attempts = 0;
        assertThatThrownBy(() -> template.<Object>execute(() -> fail(99, new ConnectException())));
        assertThat(attempts).isEqualTo(1);
        for (int i = 0; i < 100; i++) {
            template.execute(() -> "fine");
        }
        assertThat(retry.budget().retriesLeft()).isEqualTo(full);
    }

    @Test
    void budget_thatCountsFailures_isSpentByThem() {
        Retry retry = retry("max-attempts=1 budget=grpc:10/0.1");
        double full = retry.budget().retriesLeft();
        assertThatThrownBy(() -> template(retry).<Object>execute(() -> fail(99, new ConnectException())));
        assertThat(retry.budget().retriesLeft()).isEqualTo(full - 1);
    }

    /** A budget without a limit, which records successes. */
    private static final class Unlimited implements RetryBudget {
        private final List<String> successes = new ArrayList<>();

        @Override
        public boolean tryAcquire(ErrorKind kind) {
            return true;
        }

        @Override
        public ClockUse clockUse() {
            return ClockUse.START;
        }

        @Override
        public void succeeded() {
            throw new AssertionError("without the time");
        }

        @Override
        public void succeeded(long startNanos) {
            successes.add("at once at " + startNanos);
        }

        @Override
        public void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
            successes.add("after " + attempts + " " + lastRetried + " at " + nowNanos);
        }

        @Override
        public double retriesLeft() {
            return Double.POSITIVE_INFINITY;
        }
    }

    @Test
    void budget_thatNeedsTheTime_isGivenItWithTheAttemptsOfASuccess() throws RetryException {
        VirtualTime time = new VirtualTime();
        time.advance(Duration.ofNanos(7));
        Unlimited budget = new Unlimited();
        RetryTemplate template =
                template(Retry.withoutWarnings(RetryPolicy.parse("max-attempts=3 base-delay=1ms"), time)
                        .withBudget(budget));
        template.execute(() -> "fine");
        template.<Object>execute(() -> fail(2, new SocketTimeoutException()));
        attempts = 0;
        assertThatThrownBy(() -> template.<Object>execute(() -> fail(99, new ConnectException())));
        assertThat(budget.successes).containsExactly("at once at 7", "after 3 timeout at 7");
    }

    @Test
    void interruption_isNotRetried() {
        RetryTemplate template = template(retry("base-delay=1ms budget=off"));
        assertThatThrownBy(() -> template.<Object>execute(() -> fail(9, new InterruptedException())));
        assertThat(attempts).isEqualTo(1);
        assertThatThrownBy(() -> template.<Object>execute(() -> {
                    attempts++;
                    throw new OutOfMemoryError();
                }))
                .hasCauseInstanceOf(OutOfMemoryError.class);
        assertThat(attempts).isEqualTo(2);
    }

    @Test
    void failure_onWhichRespiteGaveUp_isNotRetried() {
        Retry inner = retry("max-attempts=4 base-delay=1ms budget=off");
        assertThatThrownBy(() ->
                template(inner).<Object>execute(() -> inner.call(() -> fail(99, new ConnectException()))));
        assertThat(attempts).isEqualTo(4);
        attempts = 0;
        Retry stubborn = retry("max-attempts=4 base-delay=1ms budget=off nested=retry");
        assertThatThrownBy(() ->
                template(stubborn).<Object>execute(() -> inner.call(() -> fail(99, new ConnectException()))));
        assertThat(attempts).isEqualTo(16);
    }

    /** The order of Spring AMQP's stateful interceptor. */
    @Test
    void backOffBeforeTheFailure_isThatOfAnyOtherError() {
        RespiteRetryPolicy policy = RespiteRetryPolicy.of(
                retry("max-attempts=3 base-delay=2ms jitter=none on.timeout.max-attempts=1 budget=off"));
        BackOffExecution first = policy.getBackOff().start();
        BackOffExecution second = policy.getBackOff().start();
        assertThat(first.nextBackOff()).isEqualTo(2);
        assertThat(policy.shouldRetry(new SocketTimeoutException())).isTrue();
        assertThat(second.nextBackOff()).isEqualTo(2);
        assertThat(policy.shouldRetry(new IllegalArgumentException())).isFalse();
        assertThat(first.nextBackOff()).isEqualTo(4);
        assertThat(policy.shouldRetry(new ConnectException())).isTrue();
        assertThat(first.nextBackOff()).isEqualTo(BackOffExecution.STOP);
    }

    /** The abandoned execution has judged a failure, and has not requested a delay. */
    @Test
    void executionAfterAnAbandonedOneOnTheThread_isNotJudgedByThatOnesFailure() {
        RespiteRetryPolicy policy = RespiteRetryPolicy.of(
                retry("max-attempts=3 base-delay=2ms jitter=none on.timeout.base-delay=50ms budget=off"));
        assertThat(policy.shouldRetry(new SocketTimeoutException())).isTrue();
        BackOffExecution next = policy.getBackOff().start();
        assertThat(next.nextBackOff()).isEqualTo(2);
    }

    /** In the orders of Spring AMQP and of {@code RetryTemplate}. */
    @Test
    void executions_thatAlternateOnOneThread_haveTheDelaysOfTheirOwnFailures() {
        RespiteRetryPolicy policy = RespiteRetryPolicy.of(
                retry("max-attempts=3 base-delay=2ms jitter=none on.timeout.base-delay=50ms budget=off"));
        BackOffExecution amqp = policy.getBackOff().start();
        BackOffExecution template = policy.getBackOff().start();
        assertThat(amqp.nextBackOff()).isEqualTo(2);
        assertThat(policy.shouldRetry(new ConnectException())).isTrue();
        assertThat(policy.shouldRetry(new SocketTimeoutException())).isTrue();
        assertThat(template.nextBackOff()).isEqualTo(50);
        assertThat(amqp.nextBackOff()).isEqualTo(4);
    }

    static class Client {
        private final Retry retry = retry("max-attempts=4 base-delay=1ms budget=off");
        int requests;

        private Object request() throws IOException {
            return retry.call(() -> {
                requests++;
                throw new ConnectException("refused");
            });
        }

        @Retryable(maxRetries = 3, delay = 1)
        public Object multiplied() throws IOException {
            return request();
        }

        @Retryable(maxRetries = 3, delay = 1, predicate = UnlessRespiteGaveUp.class)
        public Object once() throws IOException {
            return request();
        }

        @Retryable(maxRetries = 3, delay = 1, predicate = UnlessRespiteGaveUp.class)
        public Object fatal() {
            requests++;
            throw new IllegalStateException("Spring retries it");
        }

        public int requests() {
            int made = requests;
            requests = 0;
            return made;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    static class Resilient {}

    @Test
    void retryable_withThePredicate_makes4RequestsInsteadOf16() {
        try (var context = TestContext.ofClasses(Resilient.class, Client.class)) {
            Client client = context.getBean(Client.class);
            assertThatThrownBy(client::multiplied).isInstanceOf(ConnectException.class);
            assertThat(client.requests()).isEqualTo(16);
            assertThatThrownBy(client::once).isInstanceOf(ConnectException.class);
            assertThat(client.requests()).isEqualTo(4);
            assertThatThrownBy(client::fatal).isInstanceOf(IllegalStateException.class);
            assertThat(client.requests()).isEqualTo(4);
        }
    }
}
