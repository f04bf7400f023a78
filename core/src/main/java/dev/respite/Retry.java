package dev.respite;

import dev.respite.RetryListener.Interest;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.budget.WaitingCall;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations under a policy, and tries again where the policy says so.
 *
 * <p>Make one for each target that can fail by itself, and keep it: all its calls share one retry budget. It is immutable
 * but for that budget and its counts, and safe for use by any number of threads. The methods called {@code with…} return
 * another one, which shares the budget and the counts.
 *
 * <pre>{@code
 * Retry retry = Retry.of(RetryPolicy.defaults());
 * Quote quote = retry.call(() -> service.fetch("ACME"));
 * }</pre>
 *
 * <p>The last failure is thrown as it is, and never changed; a last value is returned even if the policy would have
 * liked another: listeners learn why the call ended. A value that is retried is released before the delay that follows it:
 * see {@link #withDetach}. A call that succeeds at its first attempt, without a listener
 * for its history, makes no object. It reads the clock once if the policy has a total timeout or the budget needs the time, and once more
 * if the budget wants to know how long the call took: the default one does at most every 10 ms.
 */
public final class Retry {

    private final RetryPolicy policy;
    private final RetryBudget budget;
    private final boolean ownsBudget;
    private final CallContext context;

    private final boolean acceptsUnseen;

    /** What is published of each call that succeeds at its first attempt unseen: one object for all; null if nothing is. */
    private final RetryEvent.@Nullable FirstAttemptSucceeded firstAttemptEvent;

    private Retry(
            RetryPolicy policy, RetryBudget budget, boolean ownsBudget, CallHooks hooks, EventPublisher reporter) {
        this.policy = policy;
        this.budget = policy.limits().budgetWait().isPresent() ? RetryBudgets.withQueue(budget) : budget;
        this.ownsBudget = ownsBudget;
        this.context = CallContext.of(policy, this.budget, hooks, reporter);
        Interest interest = reporter.interest();
        this.acceptsUnseen =
                interest != Interest.HISTORY && !policy.classifier().judgesValues();
        this.firstAttemptEvent =
                interest == Interest.COUNTS ? new RetryEvent.FirstAttemptSucceeded(reporter.name()) : null;
    }

    /**
     * Creates a retry with the default policy.
     *
     * @return a retry with a budget of its own
     */
    public static Retry withDefaults() {
        return of(RetryPolicy.defaults());
    }

    /**
     * Creates a retry with a policy.
     *
     * @param policy the policy
     * @return a retry with a budget of its own, made as the policy says
     */
    public static Retry of(RetryPolicy policy) {
        return of(policy, TimeSource.system());
    }

    /**
     * Retries under a policy, in a time that need not be the world's. What the policy's author may not have meant is
     * logged once, here, as warnings of the logger {@code dev.respite}; so is later an exhausted budget, at most once a
     * minute.
     *
     * @param policy the policy
     * @param time the time
     * @return a retry with a budget of its own, made as the policy says
     */
    public static Retry of(RetryPolicy policy, TimeSource time) {
        Retry retry = of(policy, time, Warnings.enabled());
        Warnings.logPolicy(policy);
        return retry;
    }

    /**
     * Retries under a policy as {@link #of(RetryPolicy, TimeSource)} does, and logs no warnings: for simulations, and for
     * libraries that show them in another way.
     *
     * @param policy the policy
     * @param time the time
     * @return a retry with a budget of its own, made as the policy says
     */
    public static Retry silent(RetryPolicy policy, TimeSource time) {
        return of(policy, time, Warnings.disabled());
    }

    private static Retry of(RetryPolicy policy, TimeSource time, Warnings warnings) {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(time, "time");
        RetryBudget budget = RetryBudgets.of(policy);
        EventPublisher reporter = new EventPublisher("retry", RetryListener.NONE, new Counters(), warnings, false);
        return new Retry(policy, budget, true, CallHooks.of(time), reporter);
    }

    /**
     * This retry under another name, with counts of its own.
     *
     * @param name what events and metrics call it
     * @return the retry
     */
    public Retry withName(String name) {
        EventPublisher named = context.reporter().withName(Objects.requireNonNull(name, "name"));
        return new Retry(policy, budget, ownsBudget, context.hooks(), named);
    }

    /**
     * This retry with one more listener.
     *
     * @param added the listener
     * @return the retry
     */
    public Retry withListener(RetryListener added) {
        EventPublisher listened = context.reporter().withListener(Objects.requireNonNull(added, "listener"));
        return new Retry(policy, budget, ownsBudget, context.hooks(), listened);
    }

    /**
     * This retry with another budget, which may be shared with others. If calls of this retry wait for their budget, they do so
     * in the queue that the budget has if it was made for such a retry, and else in a new queue, which successes of this retry release.
     *
     * @param budget the budget
     * @return the retry
     */
    public Retry withBudget(RetryBudget budget) {
        return new Retry(policy, Objects.requireNonNull(budget, "budget"), false, context.hooks(), context.reporter());
    }

    /**
     * This retry under another policy. The budget lives on: one that was given by {@link #withBudget} in any case, and the
     * retry's own if the new policy specifies the same; else there is a new one that grants no more at first than the old.
     *
     * @param policy the policy
     * @return the retry
     */
    public Retry withPolicy(RetryPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        boolean kept = !ownsBudget || policy.budget().equals(this.policy.budget());
        RetryBudget next = kept ? budget : RetryBudgets.replace(budget, policy.budget());
        return new Retry(policy, next, ownsBudget, context.hooks(), context.reporter());
    }

    /**
     * Returns this retry in another time: its calls read that clock, wait in that time, go on in its executor and draw its random
     * numbers. For drivers whose callers bring a time of their own, as a coroutine in a test does. The budget and the counts
     * are shared; a budget that looks back over a window keeps the clock that it was made with.
     *
     * @param time the time
     * @return the retry
     */
    public Retry withTime(TimeSource time) {
        Objects.requireNonNull(time, "time");
        return new Retry(policy, budget, ownsBudget, context.hooks().withTime(time), context.reporter());
    }

    /**
     * Returns this retry with the classifier of a driver, and assumes that the driver enforces attempt timeouts.
     *
     * @param classifier the classifier
     * @return the retry
     */
    public Retry withDriverClassifier(Classifier classifier) {
        Objects.requireNonNull(classifier, "classifier");
        return new Retry(
                policy.withClassifier(classifier),
                budget,
                ownsBudget,
                context.hooks(),
                context.reporter().enforcingTimeouts());
    }

    /**
     * This retry with a carrier for what belongs to a caller's thread: the current span, a security context, the keys of a
     * log. The carrier is applied once at the beginning of each asynchronous call, on the thread of its caller; it captures
     * the context and returns a task that has it whenever and wherever it runs. Later attempts run in that, and so do the
     * classifier and the listeners, except for the end of a call that is cancelled or refused.
     *
     * @param carrier such as {@code task -> Context.current().wrap(task)}
     * @return the retry
     */
    public Retry withContext(UnaryOperator<Runnable> carrier) {
        Objects.requireNonNull(carrier, "carrier");
        return new Retry(policy, budget, ownsBudget, context.hooks().withContext(carrier), context.reporter());
    }

    /**
     * Returns this retry with a hook that detaches a rejected value from what it holds, before the delay that follows it.
     *
     * <p>A value that is retried holds nothing while the call waits. Without a hook it is closed before the delay if it is
     * {@link AutoCloseable}; a call that then ends in its delay, because its thread is interrupted or an executor rejects the
     * next attempt, has no value left and ends with a {@link ValueReleasedException}. With a hook the call returns in that
     * case what the hook has kept, for example a copy without its connection.
     *
     * <p>The hook runs on the thread on which the attempt ended, after the listeners. It releases the value itself: the
     * value is not closed. If the hook throws, that is reported and the value is closed as if there were no hook. A value of
     * another type is treated as without a hook, and a later hook replaces an earlier one.
     *
     * @param type the class of the values for which the hook is
     * @param hook returns what the call keeps of a value, which must hold no connection or other scarce resource
     * @param <V> the type of the values
     * @return the retry
     */
    public <V> Retry withDetach(Class<V> type, UnaryOperator<V> hook) {
        return new Retry(policy, budget, ownsBudget, context.hooks().withDetach(type, hook), context.reporter());
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
        return callFirst(operation);
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
        return this.<T, Exception>callFirst(operation);
    }

    /**
     * Runs work that has no value.
     *
     * @param action the work, which may be run several times
     * @param <X> the checked exception that the work throws
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <X extends Exception> void run(Operation.Action<X> action) throws X {
        this.<@Nullable Void, X>callFirst(action);
    }

    /**
     * Runs work on this thread until an outcome is accepted or the policy says stop, and waits between attempts. If the
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
        return callFirst(operation);
    }

    /**
     * Runs the first attempt. Only a call that needs more than that makes objects.
     *
     * @param <X> what the operation throws, as its caller has declared it
     */
    private <T extends @Nullable Object, X extends Exception> T callFirst(Callable<T> operation) throws X {
        Objects.requireNonNull(operation, "operation");
        long start = context.begin();
        int began = GivenUpFailures.epoch();
        FlightRecorder recorder = FlightRecorder.ofCall();
        T value;
        try {
            value = operation.call();
        } catch (Throwable error) {
            Outcome<T> outcome = CallerThread.failure(error);
            return callOn(
                    Retry.<T, X>asOperation(operation),
                    new RetryCall<>(context, start, began, null, recorder),
                    outcome);
        }
        if (acceptsUnseen) {
            succeededAtOnce(start, recorder);
            return value;
        }
        return callOn(
                Retry.<T, X>asOperation(operation),
                new RetryCall<>(context, start, began, null, recorder),
                Outcome.success(value));
    }

    /** The same, each attempt past a breaker. */
    <T extends @Nullable Object, X extends Exception> T callThrough(SafeBreaker breaker, Callable<T> operation)
            throws X {
        Objects.requireNonNull(operation, "operation");
        long start = context.begin();
        int began = GivenUpFailures.epoch();
        FlightRecorder recorder = FlightRecorder.ofCall();
        T value;
        try {
            value = breaker.run(operation);
        } catch (Throwable error) {
            Outcome<T> outcome = CallerThread.failure(error);
            return callOn(
                    breaker.around(Retry.<T, X>asOperation(operation)),
                    new RetryCall<>(context, start, began, null, recorder),
                    outcome);
        }
        if (acceptsUnseen) {
            succeededAtOnce(start, recorder);
            return value;
        }
        return callOn(
                breaker.around(Retry.<T, X>asOperation(operation)),
                new RetryCall<>(context, start, began, null, recorder),
                Outcome.success(value));
    }

    /** Returns the operation that a callable is, or one that runs it. */
    @SuppressWarnings("unchecked") // of the same T; and X is what the caller has declared that it throws
    private static <T extends @Nullable Object, X extends Exception> Operation<T, X> asOperation(Callable<T> callable) {
        if (callable instanceof Operation<?, ?> operation) {
            return (Operation<T, X>) operation;
        }
        Operation.Simple<T, Exception> simple = callable::call;
        return (Operation<T, X>) simple;
    }

    private void succeededAtOnce(long start, @Nullable FlightRecorder recorder) {
        RetryBudget guarded = context.budget();
        guarded.succeeded(start);
        if (context.samplesLatency() && guarded.wantsLatency(start)) {
            long now = time().nanoTime();
            guarded.recordLatency(Math.max(0, now - start), now);
        }
        context.counters().succeededAtOnce();
        if (firstAttemptEvent != null) {
            context.reporter().publishFirst(firstAttemptEvent);
        }
        if (recorder != null) {
            recorder.attemptEnded(name(), 1, "ok", OptionalLong.empty());
            recorder.callEnded(name(), 1, StopReason.ACCEPTED);
        }
    }

    /**
     * Runs work that may be interrupted and does not use its attempt; otherwise as {@link
     * #callWithInterruptAndAttempt}.
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
        return callWithInterruptAndAttempt(operation);
    }

    /**
     * Runs a callable that may be interrupted; otherwise as {@link #callWithInterruptAndAttempt}.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt
     * @throws Exception the failure of the last attempt, as it was thrown; a {@link TimeoutException} if the time of the
     *     last attempt was up
     */
    public <T extends @Nullable Object> T callWithInterrupt(Callable<T> operation) throws Exception {
        Objects.requireNonNull(operation, "operation");
        return callWithInterruptAndAttempt(Retry.<T, Exception>asOperation(operation));
    }

    /**
     * Runs work as {@link #callWithAttempt} does, and interrupts each attempt when its {@linkplain RetryPolicy#timeoutOf
     * time} is up: the attempt timeout, or what is left of the total timeout. Only for work that ends when its thread is
     * interrupted, and leaves nothing half done then.
     *
     * <p>Such an attempt has failed by a {@link TimeoutException}, which may pass, whatever exception it threw when it was
     * interrupted (that one is among the suppressed). A value that it returns nevertheless is taken. When an attempt has
     * ended, no interrupt of ours is left on the thread, nor comes later. One from elsewhere ends the call, as usual; but if it
     * comes between ours and the end of the attempt that ours has hit, the two cannot be distinguished, and it counts as
     * ours.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the value of the last attempt
     * @throws X the failure of the last attempt, as it was thrown
     * @throws TimeoutException if the time of the last attempt was up
     */
    public <T extends @Nullable Object, X extends Exception> T callWithInterruptAndAttempt(Operation<T, X> operation)
            throws X, TimeoutException {
        return callWithAttempt(new Interruptible<>(Objects.requireNonNull(operation, "operation"), context));
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
     * Runs asynchronous work until an outcome is accepted or the policy says stop. A wait between attempts holds no thread.
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

    /** The lane of calls that need a second look. */
    private <T extends @Nullable Object, X extends Exception> T callOn(
            Operation<T, X> operation, RetryCall<T> call, Outcome<T> first) throws X {
        Outcome<T> outcome = first;
        if (first instanceof Outcome.Failure<T>) {
            warnOfAttemptTimeout(operation);
        }
        while (true) {
            Decision<T> decision = call.attemptEnded(outcome, GivenUpFailures.ofThread());
            if (!(decision instanceof Decision.RetryAfter<T> again)) {
                call.recordGivenUp(decision);
                CallerThread.restoreFlag(outcome);
                return returnOrThrow(decision);
            }
            StopReason end = awaitRetry(call, again.delayNanos());
            if (end != null) {
                Decision<T> last = call.endDuringDelay(end);
                call.recordGivenUp(last);
                return returnOrThrow(last);
            }
            call.delayEnded();
            outcome = attempt(operation, call.attempt());
        }
    }

    /** Waits for the end of the delay and then, if the retry is not paid for, for the budget; returns why the call ends, if it does. */
    private @Nullable StopReason awaitRetry(RetryCall<?> call, long delayNanos) {
        try {
            time().sleep(delayNanos);
            WaitingCall waiting = call.waiting();
            if (waiting == null) {
                return null;
            }
            try {
                call.beginWait(waiting);
            } catch (Throwable refused) {
                return StopReason.EXECUTOR_REFUSED;
            }
            time().await(waiting);
            return waiting.stopReason();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return StopReason.INTERRUPTED;
        } catch (RuntimeException | Error bug) {
            call.leaveQueue();
            throw bug;
        }
    }

    private void warnOfAttemptTimeout(Operation<?, ?> operation) {
        boolean ended = context.reporter().enforcesTimeouts() || operation instanceof Interruptible<?, ?>;
        if (!ended && policy.limits().attemptTimeout().isPresent()) {
            context.reporter().warnings().attemptTimeoutNotEnforced(name());
        }
    }

    private static <T extends @Nullable Object, X extends Exception> Outcome<T> attempt(
            Operation<T, X> operation, Attempt attempt) {
        try {
            return Outcome.success(operation.attempt(attempt));
        } catch (Throwable error) {
            return CallerThread.failure(error);
        }
    }

    private static <T extends @Nullable Object> T returnOrThrow(Decision<T> last) {
        if (last instanceof Decision.Throw<T> failed) {
            CallerThread.<RuntimeException>throwAsIs(failed.error());
        }
        return ((Decision.Return<T>) last).value();
    }

    /**
     * The name.
     *
     * @return what events and metrics call this retry
     */
    public String name() {
        return context.reporter().name();
    }

    /**
     * The policy.
     *
     * @return what decides
     */
    public RetryPolicy policy() {
        return policy;
    }

    /**
     * The budget.
     *
     * @return what retries are paid from
     */
    public RetryBudget budget() {
        return budget;
    }

    /**
     * Returns whether the budget was made for this retry, as its policy specifies.
     *
     * @return false if it was given by {@link #withBudget}
     */
    public boolean hasOwnBudget() {
        return ownsBudget;
    }

    /**
     * The time that this retry lives in.
     *
     * @return the time source
     */
    public TimeSource time() {
        return context.time();
    }

    /**
     * What carries the context of a caller to other threads.
     *
     * @return the carrier that was given by {@link #withContext}; one that carries nothing if none was
     */
    public UnaryOperator<Runnable> context() {
        @Nullable UnaryOperator<Runnable> carrier = context.propagation();
        return carrier == null ? UnaryOperator.identity() : carrier;
    }

    /**
     * What this retry, and those that were made from it by {@code with…}, have done so far.
     *
     * @return the counts at this moment
     */
    public RetryCounts counts() {
        return context.counters().read();
    }

    /** What all calls share. */
    CallContext callContext() {
        return context;
    }

    /** The name, the policy and what is left of the budget: for logs. */
    @Override
    public String toString() {
        return "Retry[" + name() + ": " + policy + "; " + budget + "]";
    }
}
