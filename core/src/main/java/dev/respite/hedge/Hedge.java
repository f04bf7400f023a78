package dev.respite.hedge;

import dev.respite.AsyncOperation;
import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.driver.ParallelCall;
import dev.respite.outcome.History;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.text.ValueFormat;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs asynchronous operations with hedges: if the first attempt is not done after a delay, a second one is sent beside it, and the
 * first good result wins. After Dean and Barroso, "The Tail at Scale" (CACM 56/2, 2013). Failures are treated as in gRPC's
 * hedging policy (proposal A6).
 *
 * <pre>{@code
 * Hedge hedge = Hedge.of(retry, Duration.ofMillis(40)); // the 95th percentile of the latency
 * CompletableFuture<Quote> quote = hedge.callIdempotent(() -> service.fetch("ACME"));
 * }</pre>
 *
 * <p><b>Only for idempotent operations.</b> Two attempts may run to their end at the same time, and the one that is cancelled
 * may have taken effect. By calling the method, the caller states that the operation is idempotent.
 *
 * <p>A call is hedged or retried, not both. It obeys the classifier, the hints, the budget and the timeouts of the retry's
 * policy. It does not use the schedule, the budget-wait and the max-attempts of the policy, but a max-attempts of a rule counts if
 * it is below the hedge's own. Calls, attempts and events are the retry's, counted once, as without hedges. So:
 *
 * <ul>
 *   <li>A good result and a fatal outcome end the call at once. The attempts that still run are cancelled; a value that
 *       arrives nevertheless is closed if it is {@link AutoCloseable}.
 *   <li>A server that forbids a retry, an open breaker and an executor that rejects an attempt end no other attempt: the
 *       call waits for those that run.
 *   <li>A transient error sends the next attempt at once, or when the server's hint allows, and is paid for as a retry of
 *       its kind. If the policy or the budget rejects it, nothing further is sent, and the call waits for the attempts that run. It
 *       ends with the outcome of the attempt that ends last.
 *   <li>A slow attempt is no sign of an error: the hedge costs what the retry of an ordinary error does. With the default budget that
 *       is a token and no credit.
 *   <li>Hedges are also limited to a ratio of the successful calls, {@linkplain #withExtraLoad 10 % by default}. So the load of a
 *       target that is slow for all its clients is not doubled. A hedge that is rejected is not requested again.
 * </ul>
 *
 * <p>Keep it, as you keep the retry: all its calls share that allowance. It is immutable but for it, and safe for use by any
 * number of threads.
 */
public final class Hedge {

    private static final int MAX_ATTEMPTS = 5;
    private static final double DEFAULT_SHARE = 0.1;
    private static final int BURST = 20;

    private final Retry retry;
    private final Retry hedging;
    private final Duration delay;
    private final int maxAttempts;
    private final double extraLoad;

    /** The limit of hedges beside the budget. */
    private final RetryBudget allowance;

    private Hedge(Retry retry, Duration delay, int maxAttempts, double extraLoad, RetryBudget allowance) {
        this.retry = retry;
        this.hedging = retry.withPolicy(retry.policy().withHedging(maxAttempts));
        this.delay = delay;
        this.maxAttempts = maxAttempts;
        this.extraLoad = extraLoad;
        this.allowance = allowance;
    }

    /**
     * Hedges under a retry's policy, with at most one attempt beside the first.
     *
     * @param retry whose classifier, budget, timeouts, time, name, listeners, counts and context are used
     * @param delay the time after which another attempt is sent beside one that runs: above zero, and below the policy's
     *     timeouts; the 95th percentile of the latency makes 5 % more requests
     * @return the hedge
     * @throws IllegalArgumentException if the delay is out of its range
     */
    public static Hedge of(Retry retry, Duration delay) {
        checkDelay(retry.policy(), delay);
        return new Hedge(retry, delay, 2, DEFAULT_SHARE, allowance(DEFAULT_SHARE));
    }

    /**
     * Returns a hedge with another limit of attempts. Each further one is sent after one more delay.
     *
     * @param most the maximum number of attempts of a call, 2 to 5
     * @return the hedge, which shares this one's allowance
     * @throws IllegalArgumentException if the number is out of its range
     */
    public Hedge withMaxAttempts(int most) {
        if (most < 2 || most > MAX_ATTEMPTS) {
            throw new IllegalArgumentException("max-attempts=" + most + ": a hedged call makes 2 to " + MAX_ATTEMPTS
                    + " attempts; for 1 call the operation itself, for more use a retry");
        }
        return new Hedge(retry, delay, most, extraLoad, allowance);
    }

    /**
     * Returns a hedge with another maximum ratio of hedges to successful calls. The limit holds over time; {@value
     * #BURST} hedges may be made at once.
     *
     * @param share hedges for each successful call, above 0 and at most 1
     * @return the hedge, with an allowance of its own
     * @throws IllegalArgumentException if the share is out of its range
     */
    public Hedge withExtraLoad(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "extra load %s: use a share of the calls above 0 and at most 1, such as 0.05", share));
        }
        return new Hedge(retry, delay, maxAttempts, share, allowance(share));
    }

    private static RetryBudget allowance(double share) {
        return RetryBudgets.of(BudgetSpec.perSuccess(share, BURST, 1));
    }

    private static void checkDelay(RetryPolicy policy, Duration delay) {
        if (delay.isNegative() || delay.isZero()) {
            throw new IllegalArgumentException("hedge after " + shortly(delay)
                    + ": the delay must be above zero, or every request is sent twice; start with the 95th percentile of"
                    + " the latency");
        }
        policy.limits().totalTimeout().ifPresent(total -> checkBelow(delay, "total-timeout", total));
        policy.limits().attemptTimeout().ifPresent(own -> checkBelow(delay, "attempt-timeout", own));
    }

    private static String shortly(Duration duration) {
        return History.format(ValueFormat.saturatedNanos(duration));
    }

    private static void checkBelow(Duration delay, String key, Duration limit) {
        if (delay.compareTo(limit) >= 0) {
            throw new IllegalArgumentException(
                    "hedge after " + shortly(delay) + ": the policy's " + key + " of " + shortly(limit)
                            + " comes first, so no hedge would ever be sent; make the delay shorter or the timeout longer");
        }
    }

    /**
     * Runs idempotent work and starts another attempt beside it each time the hedge delay passes without a result.
     *
     * @param operation the work, which may run several times at once
     * @param <T> the type of the value
     * @return the first good value, or the last outcome as it was
     */
    public <T extends @Nullable Object> CompletableFuture<T> callIdempotent(AsyncOperation.Simple<T> operation) {
        return callIdempotentWithAttempt(operation);
    }

    /**
     * Runs idempotent work, and passes each attempt to it; otherwise as {@link #callIdempotent}.
     *
     * <p>The first attempt is started on this thread, each later one in the executor of the {@linkplain TimeSource#executor
     * time source}. The classifier and the listeners run on a thread where an attempt completes, one at a time; so do stages
     * that depend on the returned future. {@linkplain Retry#withContext The context} of this thread is carried there: the
     * carrier is applied twice, once for the attempts and once for the rest.
     *
     * <p>The returned future always completes, whatever throws. To cancel it, or to complete it in any other way, ends the
     * call: all attempts in flight are cancelled, and there is no further one.
     *
     * @param operation the work, which may run several times at once
     * @param <T> the type of the value
     * @return the first good value, or the last outcome as it was
     */
    public <T extends @Nullable Object> CompletableFuture<T> callIdempotentWithAttempt(AsyncOperation<T> operation) {
        Objects.requireNonNull(operation, "operation");
        return run(hedging.driver().parallelCall(operation::attempt, operation.enforcesTimeout(), true), () -> true);
    }

    /**
     * Runs the attempts of a call of another retry, within this hedge's allowance. For the modules of Respite.
     *
     * @param call the call, whose policy is one {@linkplain RetryPolicy#withHedging with hedging}
     * @param permitted returns whether another attempt beside those that run is of use, when it would be sent
     * @param <T> the type of the value
     * @return the first good value, or the last outcome as it was
     */
    public <T extends @Nullable Object> CompletableFuture<T> run(ParallelCall<T> call, BooleanSupplier permitted) {
        return HedgedCall.start(new HedgedCallState<>(call, allowance, permitted), ValueFormat.saturatedNanos(delay));
    }

    /** {@return the time after which another attempt is sent beside one that runs, above zero} */
    public Duration delay() {
        return delay;
    }

    /** {@return the maximum number of attempts of a call, 2 to 5} */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** {@return the maximum ratio of hedges to successful calls, above 0 and at most 1} */
    public double extraLoad() {
        return extraLoad;
    }

    /** {@return the retry whose policy, budget and listeners are used} */
    public Retry retry() {
        return retry;
    }
}
