package dev.respite.call;

import dev.respite.Retry;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Holds a {@link Retry} whose policy can be replaced while calls are made, for configuration that changes at run time.
 *
 * <pre>{@code
 * RetryHandle payments = RetryHandle.of(Retry.of(policy));
 * Receipt receipt = payments.retry().call(() -> provider.charge(order)); // each call takes the current one
 * payments.replacePolicy(RetryPolicy.parse("max-attempts=2"));           // later, from any thread
 * }</pre>
 *
 * <p>Calls in flight keep the policy with which they began. Name, counts, listeners and the retry budget live on. A new policy
 * must specify the same budget, since a budget that is replaced in an outage would grant its retries twice. To read the current
 * retry costs one volatile read for each call.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RetryHandle {

    private final AtomicReference<Retry> current;

    private RetryHandle(Retry first) {
        this.current = new AtomicReference<>(first);
    }

    /**
     * {@return a handle}
     *
     * @param retry the retry to begin with
     */
    public static RetryHandle of(Retry retry) {
        return new RetryHandle(Objects.requireNonNull(retry, "retry"));
    }

    /** {@return the retry with the current policy} Take it anew for each call. */
    public Retry retry() {
        return current.get();
    }

    /**
     * Replaces the policy for calls that begin from now on.
     *
     * @param policy the new policy, with the budget specification of the current one
     * @throws IllegalArgumentException if the budget specification differs; the current policy stays
     */
    public void replacePolicy(RetryPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        Retry unused = current.updateAndGet(before -> replaced(before, policy));
    }

    /**
     * Changes keys of the policy for calls that begin from now on. All other keys stay as they are.
     *
     * @param settings the keys of the text form, with their new values
     * @throws IllegalArgumentException if a key or value is wrong, or the budget specification differs; the current policy
     *     stays
     */
    public void changeSettings(Map<String, String> settings) {
        Retry unused = current.updateAndGet(before ->
                replaced(before, before.policy().toBuilder().settings(settings).build()));
    }

    private static Retry replaced(Retry before, RetryPolicy policy) {
        BudgetSpec budget = before.policy().budget();
        if (policy.budget().equals(budget)) {
            return before.withPolicy(policy);
        }
        throw new IllegalArgumentException("budget=" + policy.budget() + ": the budget of '" + before.name() + "' is "
                + budget + ", and is not replaced while calls are made; leave budget and clients out of the"
                + " new policy, or restart with it");
    }

    /** The current retry. */
    @Override
    public String toString() {
        return "RetryHandle[" + current + "]";
    }
}
