package dev.respite;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.driver.RetryDriver;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.ErrorRules;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations under a policy, and retries those that fail with a transient error.
 *
 * <p>Create one for each target that can fail by itself, and keep it: all its calls share one retry budget. It is immutable
 * but for that budget and its counts, and safe for use by any number of threads. The methods called {@code with…} and {@code on…}
 * return another one, which shares the budget and the counts.
 *
 * <pre>{@code
 * Retry retry = Retry.of(RetryPolicy.defaults());
 * Quote quote = retry.call(() -> service.fetch("ACME"));
 * }</pre>
 *
 * <p>The last failure is thrown unchanged. A last value is returned even if the policy would retry it: listeners receive the
 * reason why the call ended. A value that is retried is closed before the delay that follows it, if it is {@link AutoCloseable}.
 *
 * <p>A call that succeeds at its first attempt, without a listener for its history, makes no object. It reads the clock once if
 * the policy has a total timeout or the budget needs the time. It reads it once more if the budget needs the latency of the
 * call; the default budget does at most every 10 ms.
 *
 * <p>Other packages build on this class. {@code dev.respite.call.CallResult} returns the end of a call as a value, with a
 * fallback. {@code dev.respite.call.Polling} repeats a call until its value is ready. {@code dev.respite.hedge.Hedge} sends a second
 * attempt beside a slow one.
 *
 * @see BreakerPerAttempt
 */
public final class Retry {

    private final RetryPolicy policy;
    private final RetryBudget budget;
    private final boolean ownsBudget;
    private final CallContext context;

    private final BlockingCalls blocking;

    private Retry(
            RetryPolicy policy, RetryBudget budget, boolean ownsBudget, CallHooks hooks, EventPublisher reporter) {
        this.policy = policy;
        this.budget = policy.limits().budgetWait().isPresent() ? RetryBudgets.withQueue(budget) : budget;
        this.ownsBudget = ownsBudget;
        this.context = CallContext.of(policy, this.budget, hooks, reporter);
        this.blocking = new BlockingCalls(context);
    }

    /** Creates a retry with the budget of another one. */
    private Retry(Retry other, CallContext context) {
        this.policy = context.policy();
        this.budget = other.budget;
        this.ownsBudget = other.ownsBudget;
        this.context = context;
        this.blocking = new BlockingCalls(context);
    }

    /** {@return a retry with the default policy and a budget of its own} */
    public static Retry withDefaults() {
        return of(RetryPolicy.defaults());
    }

    /**
     * Creates a retry with a policy.
     *
     * @param policy the policy
     * @return a retry with a budget of its own, as the policy specifies
     */
    public static Retry of(RetryPolicy policy) {
        return of(policy, TimeSource.system());
    }

    /**
     * Creates a retry with a policy and a source of time, random numbers and threads. Settings that have no effect or may do harm are
     * logged here, as warnings of the logger {@code dev.respite}: once in a process for equal policies, and not if the policy {@linkplain
     * RetryPolicy#acknowledged acknowledges} them. Later the exhausted budget of a target is logged, at most once a minute.
     *
     * @param policy the policy
     * @param time the time
     * @return a retry with a budget of its own, as the policy specifies
     */
    public static Retry of(RetryPolicy policy, TimeSource time) {
        Retry retry = of(policy, time, Warnings.enabled());
        Warnings.logPolicy(policy);
        return retry;
    }

    /**
     * Creates a retry as {@link #of(RetryPolicy, TimeSource)} does, which logs no warnings: for simulations, and for
     * libraries that show them in another way.
     *
     * @param policy the policy
     * @param time the time
     * @return a retry with a budget of its own, as the policy specifies
     */
    public static Retry withoutWarnings(RetryPolicy policy, TimeSource time) {
        return of(policy, time, Warnings.disabled());
    }

    private static Retry of(RetryPolicy policy, TimeSource time, Warnings warnings) {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(time, "time");
        initializeClasses();
        RetryBudget budget = RetryBudgets.of(policy);
        EventPublisher reporter = new EventPublisher("retry", RetryListener.NONE, new Counters(), warnings, false);
        return new Retry(policy, budget, true, CallHooks.of(time), reporter);
    }

    /**
     * Initializes what takes long for the first call and for its first failure: the events of Flight Recorder, the table of failures.
     * Virtual threads that wait for a class to be initialized hold their carriers.
     */
    private static void initializeClasses() {
        @Nullable FlightRecorder unused = FlightRecorder.ofCall();
        Optional<Verdict> unknown = ErrorRules.knownVerdict(new IOException("no failure"));
        assert unknown.isEmpty();
    }

    /**
     * {@return this retry under another name, with counts of its own}
     *
     * @param name its name in events and metrics
     */
    public Retry withName(String name) {
        return with(context.reporter().withName(Objects.requireNonNull(name, "name")));
    }

    /**
     * {@return this retry with one more listener}
     *
     * @param added the listener
     */
    public Retry withListener(RetryListener added) {
        return with(context.reporter().withListener(Objects.requireNonNull(added, "listener")));
    }

    /**
     * {@return this retry with an action for each failed attempt that is retried} Calls that succeed at once cost nothing by it.
     *
     * @param action receives the attempt, before the delay that is its {@link RetryEvent.AttemptFailed#decision decision}
     */
    public Retry onRetry(Consumer<? super RetryEvent.AttemptFailed> action) {
        Objects.requireNonNull(action, "action");
        return withListener(new OneEvent(RetryListener.Interest.FAILURES, event -> {
            if (event instanceof RetryEvent.AttemptFailed failed && failed.decision() instanceof Decision.RetryAfter) {
                action.accept(failed);
            }
        }));
    }

    /**
     * {@return this retry with an action for each call that succeeds, at its first attempt or later}
     *
     * @param action receives the end of the call
     */
    public Retry onSuccess(Consumer<? super RetryEvent.CallEnded> action) {
        return onEnd(true, RetryListener.Interest.HISTORY, action);
    }

    /**
     * {@return this retry with an action for each call that gives up} Calls that succeed at once cost nothing by it.
     *
     * @param action receives the end of the call, with its reason and its history
     */
    public Retry onGiveUp(Consumer<? super RetryEvent.CallEnded> action) {
        return onEnd(false, RetryListener.Interest.FAILURES, action);
    }

    private Retry onEnd(
            boolean accepted, RetryListener.Interest interest, Consumer<? super RetryEvent.CallEnded> action) {
        Objects.requireNonNull(action, "action");
        return withListener(new OneEvent(interest, event -> {
            if (event instanceof RetryEvent.CallEnded ended && (ended.reason() == StopReason.ACCEPTED) == accepted) {
                action.accept(ended);
            }
        }));
    }

    /**
     * {@return this retry with another budget, which may be shared with others} If calls of this retry wait for their budget, they
     * use the queue of the budget, which it has if it was made for such a retry. Otherwise they use a new queue, which successes
     * of this retry release.
     *
     * @param budget the budget
     */
    public Retry withBudget(RetryBudget budget) {
        return new Retry(policy, Objects.requireNonNull(budget, "budget"), false, context.hooks(), context.reporter());
    }

    /**
     * {@return this retry under another policy} A budget that was given by {@link #withBudget} is kept. The retry's own budget is
     * kept if the new policy specifies the same; otherwise it is replaced by one that grants no more at first.
     *
     * @param policy the policy
     */
    public Retry withPolicy(RetryPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        boolean kept = !ownsBudget || policy.budget().equals(this.policy.budget());
        RetryBudget next = kept ? budget : RetryBudgets.replace(budget, policy.budget());
        return new Retry(policy, next, ownsBudget, context.hooks(), context.reporter());
    }

    /**
     * {@return this retry with another time source: its calls use the clock, the timer, the executor and the random numbers of
     * that} For drivers whose callers have a time of their own, such as a coroutine in a test. The budget and the counts are
     * shared; a budget that looks back over a window keeps the clock that it was made with.
     *
     * @param time the time
     */
    public Retry withTime(TimeSource time) {
        return with(context.hooks().withTime(Objects.requireNonNull(time, "time")));
    }

    /**
     * {@return this retry with a carrier for the context of a caller's thread: the current span, a security context, the keys of a
     * log} The carrier is applied once at the beginning of each asynchronous call, on the thread of its caller. It captures the
     * context and returns a task that restores it on any thread. Later attempts run in it, and so do the classifier and the
     * listeners, except for the end of a call that is cancelled or rejected. Also without a carrier all of these have the context
     * class loader of the caller.
     *
     * @param carrier such as {@code task -> Context.current().wrap(task)}
     */
    public Retry withContext(UnaryOperator<Runnable> carrier) {
        return with(context.hooks().withContext(Objects.requireNonNull(carrier, "carrier")));
    }

    /**
     * Runs work that does not use its attempt; otherwise as {@link #callWithAttempt}.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the value of the last attempt
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object, X extends Exception> T call(Operation.Simple<T, X> operation) throws X {
        return callThis(operation);
    }

    /**
     * Runs a callable; otherwise as {@link #callWithAttempt}. A lambda selects {@link #call(Operation.Simple)}, which keeps
     * the type of its checked exception.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt
     * @throws Exception the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object> T call(Callable<T> operation) throws Exception {
        return this.<T, Exception>callThis(operation);
    }

    /**
     * Runs work that has no value.
     *
     * @param action the work, which may be run several times
     * @param <X> the checked exception that the work throws
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <X extends Exception> void run(Operation.Action<X> action) throws X {
        this.<@Nullable Void, X>callThis(action);
    }

    /**
     * Runs work on this thread until an outcome is accepted or the policy stops the call, and waits between attempts. If the
     * thread is interrupted in a wait, the wait ends, the interrupt flag is set and the last outcome is the call's. Work that
     * {@linkplain Outcome.Failure#isInterruption was interrupted} is not retried. The interrupt flag is afterwards as the
     * work left it, and set if the work threw {@link InterruptedException} or {@link
     * java.nio.channels.ClosedByInterruptException}.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the value of the last attempt
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object, X extends Exception> T callWithAttempt(Operation<T, X> operation) throws X {
        return callThis(operation);
    }

    private <T extends @Nullable Object, X extends Exception> T callThis(Callable<T> operation) throws X {
        return blocking.<T, X>call(null, operation);
    }

    /**
     * Runs work as {@link #call(Operation.Simple)} does, and interrupts each attempt when its {@linkplain RetryPolicy#timeoutOf
     * time} is up: the attempt timeout, or the rest of the total timeout. Only for work that ends when its thread is
     * interrupted, and leaves nothing half done then.
     *
     * <p>An attempt that throws after that has failed by a {@link TimeoutException}, which is transient. The exception that it
     * threw is suppressed in that. A value that it returns nevertheless is the value of the attempt.
     *
     * <p>When an attempt has ended, the thread is not interrupted by its limit any more. An interrupt from elsewhere ends the
     * call, as usual. If it comes between the limit's own interrupt and the end of the attempt, the two cannot be
     * distinguished, and it counts as the limit's own.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the value of the last attempt
     * @throws X the failure of the last attempt, as it was thrown
     * @throws TimeoutException if the time of the last attempt was up
     */
    public <T extends @Nullable Object, X extends Exception> T callWithInterrupt(Operation.Simple<T, X> operation)
            throws X, TimeoutException {
        return this.<T, X>callInterruptibly(operation);
    }

    /**
     * Runs a callable that may be interrupted; otherwise as {@link #callWithInterrupt(Operation.Simple)}.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt
     * @throws Exception the failure of the last attempt, as it was thrown; a {@link TimeoutException} if the time of the
     *     last attempt was up
     */
    public <T extends @Nullable Object> T callWithInterrupt(Callable<T> operation) throws Exception {
        return this.<T, Exception>callInterruptibly(operation);
    }

    private <T extends @Nullable Object, X extends Exception> T callInterruptibly(Callable<T> operation) throws X {
        Objects.requireNonNull(operation, "operation");
        return this.<T, X>callThis(new Interruptible<>(BlockingCalls.asOperation(operation), context));
    }

    /**
     * Runs asynchronous work that does not use its attempt; otherwise as {@link #callAsyncWithAttempt}.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt, or its failure as it was
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsync(AsyncOperation.Simple<T> operation) {
        return callAsyncWithAttempt(operation);
    }

    /**
     * Runs asynchronous work until an outcome is accepted or the policy stops the call. A wait between attempts holds no thread.
     *
     * <p>The first attempt is started on this thread, each later one in the executor of the {@linkplain TimeSource#executor
     * time source}. The classifier and the listeners run where the attempt's stage completes; so do stages that depend on
     * the returned future.
     *
     * <p>The returned future always completes, whatever throws. To cancel it, or to complete it in any other way, ends the
     * call: the attempt in flight is cancelled, a wait is over, and there is no further attempt. An attempt that exceeds its
     * {@linkplain RetryPolicy#timeoutOf time} is cancelled and counts as failed by a {@link TimeoutException}.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt, or its failure as it was
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsyncWithAttempt(AsyncOperation<T> operation) {
        Objects.requireNonNull(operation, "operation");
        return AsyncCall.start(
                operation,
                new RetryCall<>(
                        context,
                        context.begin(),
                        GivenUpFailures.epoch(),
                        GivenUpFailures.current(),
                        FlightRecorder.ofCall()),
                context.propagation());
    }

    /** {@return the name of this retry in events and metrics} */
    public String name() {
        return context.reporter().name();
    }

    /** {@return the policy} */
    public RetryPolicy policy() {
        return policy;
    }

    /** {@return the budget that pays for retries} */
    public RetryBudget budget() {
        return budget;
    }

    /** {@return the source of time, random numbers and threads} */
    public TimeSource time() {
        return context.time();
    }

    /** {@return the carrier of {@link #withContext}; one that carries nothing if none was given} */
    public UnaryOperator<Runnable> context() {
        @Nullable UnaryOperator<Runnable> carrier = context.propagation();
        return carrier == null ? UnaryOperator.identity() : carrier;
    }

    /** {@return the present counts of this retry and of those that were made from it by {@code with…}} */
    public RetryCounts counts() {
        return context.counters().read();
    }

    /** {@return this retry for the modules of Respite that drive calls} The type is in a package that is not exported to others. */
    public RetryDriver<Retry> driver() {
        return new EngineDriver(this);
    }

    boolean ownsBudget() {
        return ownsBudget;
    }

    Retry with(CallContext other) {
        return new Retry(this, other);
    }

    Retry with(CallHooks hooks) {
        return new Retry(policy, budget, ownsBudget, hooks, context.reporter());
    }

    Retry with(EventPublisher reporter) {
        return new Retry(policy, budget, ownsBudget, context.hooks(), reporter);
    }

    CallContext callContext() {
        return context;
    }

    BlockingCalls blockingCalls() {
        return blocking;
    }

    /** The name, the policy and the rest of the budget: for logs. */
    @Override
    public String toString() {
        return "Retry[" + name() + ": " + policy + "; " + budget + "]";
    }
}
