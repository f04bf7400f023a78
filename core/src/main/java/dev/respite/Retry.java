package dev.respite;

import dev.respite.policy.Attempt;
import dev.respite.policy.Classifier;
import dev.respite.policy.Decision;
import dev.respite.policy.Outcome;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.StopReason;
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
 * liked another: listeners learn why the call ended. A call that succeeds at its first attempt, with nobody listening,
 * makes no object and reads the clock once if the policy has a total timeout, else never.
 */
public final class Retry {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final String name;
    private final RetryPolicy policy;
    private final RetryBudget budget;
    private final TimeSource time;
    private final RetryListener listener;
    private final Counters counters;

    private final boolean clocked;
    private final boolean acceptsUnseen;

    private Retry(
            String name,
            RetryPolicy policy,
            RetryBudget budget,
            TimeSource time,
            RetryListener listener,
            Counters counters) {
        this.name = name;
        this.policy = policy;
        this.budget = budget;
        this.time = time;
        this.listener = listener;
        this.counters = counters;
        boolean listened = listener != RetryListener.NONE;
        this.clocked = listened || policy.limits().totalTimeout().isPresent();
        this.acceptsUnseen = !listened && !policy.classifier().judgesValues();
    }

    /**
     * Retries under the default policy.
     *
     * @return a retry with a budget of its own
     */
    public static Retry withDefaults() {
        return of(RetryPolicy.defaults());
    }

    /**
     * Retries under a policy.
     *
     * @param policy the policy
     * @return a retry with a budget of its own, made as the policy says
     */
    public static Retry of(RetryPolicy policy) {
        return of(policy, TimeSource.system());
    }

    /**
     * Retries under a policy, in a time that need not be the world's.
     *
     * @param policy the policy
     * @param time the time
     * @return a retry with a budget of its own, made as the policy says
     */
    public static Retry of(RetryPolicy policy, TimeSource time) {
        RetryBudget budget = RetryBudget.of(policy.budget(), time);
        return new Retry("retry", policy, budget, time, RetryListener.NONE, new Counters());
    }

    /**
     * This retry under another name.
     *
     * @param name what events and metrics call it
     * @return the retry
     */
    public Retry withName(String name) {
        return new Retry(name, policy, budget, time, listener, counters);
    }

    /**
     * This retry with one more listener.
     *
     * @param added the listener
     * @return the retry
     */
    public Retry withListener(RetryListener added) {
        RetryListener all = listener == RetryListener.NONE
                ? added
                : event -> {
                    tell(listener, event);
                    tell(added, event);
                };
        return new Retry(name, policy, budget, time, all, counters);
    }

    /**
     * This retry with another budget, which may be shared with others.
     *
     * @param budget the budget
     * @return the retry
     */
    public Retry withBudget(RetryBudget budget) {
        return new Retry(name, policy, budget, time, listener, counters);
    }

    /**
     * This retry under another policy. The budget lives on: the same bucket if the new policy specifies the same budget,
     * else a new one that is no fuller than the old.
     *
     * @param policy the policy
     * @return the retry
     */
    public Retry withPolicy(RetryPolicy policy) {
        RetryBudget kept = policy.budget().equals(this.policy.budget())
                ? budget
                : Budgets.make(policy.budget(), time, budget.retriesLeft());
        return new Retry(name, policy, kept, time, listener, counters);
    }

    /**
     * This retry with another classifier; for the drivers of one protocol, which judge each call by what it asked for.
     *
     * @param classifier the classifier
     * @return the retry
     */
    public Retry withClassifier(Classifier classifier) {
        return new Retry(name, policy.withClassifier(classifier), budget, time, listener, counters);
    }

    /**
     * Runs work that does not look at its attempt.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the value of the last attempt
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object, X extends Exception> T call(Operation.Simple<T, X> operation) throws X {
        return call((Operation<T, X>) operation);
    }

    /**
     * Runs work that has no value.
     *
     * @param action the work, which may be run several times
     * @param <X> the checked exception that the work throws
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <X extends Exception> void run(Operation.Action<X> action) throws X {
        call((Operation<@Nullable Void, X>) action);
    }

    /**
     * Runs work on this thread until an outcome is accepted or the policy says stop, and waits between attempts. If the
     * thread is interrupted in a wait, the wait ends, the interrupt flag is set and the last outcome is the call's.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the value of the last attempt
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object, X extends Exception> T call(Operation<T, X> operation) throws X {
        long start = clocked ? time.nanoTime() : 0;
        budget.started();
        T value;
        try {
            value = operation.attempt(Attempt.FIRST);
        } catch (Throwable error) {
            return callOn(operation, start, Outcome.failure(error));
        }
        if (acceptsUnseen) {
            budget.succeeded();
            counters.succeededAtOnce();
            return value;
        }
        return callOn(operation, start, Outcome.success(value));
    }

    /** The lane of calls that need a second look. */
    private <T extends @Nullable Object, X extends Exception> T callOn(
            Operation<T, X> operation, long start, Outcome<T> first) throws X {
        RetryCall<T> call = new RetryCall<>(this, start, first);
        Outcome<T> outcome = first;
        while (true) {
            Decision<T> decision = call.ended(outcome, time.roll());
            if (decision instanceof Decision.RetryAfter<T> again) {
                try {
                    time.sleep(again.delayNanos());
                } catch (InterruptedException interrupted) {
                    return obey(call.abandoned(StopReason.INTERRUPTED));
                }
                call.resumed();
                outcome = attempt(operation, call.attempt());
            } else {
                return obey(decision);
            }
        }
    }

    private static <T extends @Nullable Object, X extends Exception> Outcome<T> attempt(
            Operation<T, X> operation, Attempt attempt) {
        try {
            return Outcome.success(operation.attempt(attempt));
        } catch (Throwable error) {
            return Outcome.failure(error);
        }
    }

    private static <T extends @Nullable Object> T obey(Decision<T> last) {
        if (last instanceof Decision.Throw<T> failed) {
            if (failed.reason() == StopReason.INTERRUPTED) {
                Thread.currentThread().interrupt();
            }
            Retry.<RuntimeException>throwAsIs(failed.error());
        }
        Decision.Return<T> returned = (Decision.Return<T>) last;
        if (returned.reason() == StopReason.INTERRUPTED) {
            Thread.currentThread().interrupt();
        }
        return returned.value();
    }

    /** Throws anything: what it is was declared, as X, by the operation that threw it. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void throwAsIs(Throwable error) throws E {
        throw (E) error;
    }

    /**
     * The name.
     *
     * @return what events and metrics call this retry
     */
    public String name() {
        return name;
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
     * The time that this retry lives in.
     *
     * @return the time source
     */
    public TimeSource time() {
        return time;
    }

    /**
     * What this retry, and those that were made from it by {@code with…}, have done so far.
     *
     * @return the counts at this moment
     */
    public RetryCounts counts() {
        return counters.read();
    }

    Counters counters() {
        return counters;
    }

    boolean isClocked() {
        return clocked;
    }

    boolean isListened() {
        return listener != RetryListener.NONE;
    }

    void tell(RetryEvent event) {
        tell(listener, event);
    }

    /** Reports a bug in a part that was given to Respite. */
    void report(String part, Throwable bug) {
        LOGGER.log(System.Logger.Level.WARNING, "the " + part + " of retry '" + name + "' has thrown", bug);
        if (isListened()) {
            tell(new RetryEvent.PartFailed(name, part, bug));
        }
    }

    private void tell(RetryListener to, RetryEvent event) {
        try {
            to.on(event);
        } catch (Throwable bug) {
            LOGGER.log(System.Logger.Level.WARNING, "a listener of retry '" + name + "' has thrown", bug);
        }
    }
}
