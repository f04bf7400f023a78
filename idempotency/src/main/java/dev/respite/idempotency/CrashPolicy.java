package dev.respite.idempotency;

import dev.respite.idempotency.store.State;

/**
 * What happens to a record whose owner is gone after it had begun an effect that cannot be rolled back. It matters only
 * where effect and record are not in one transaction.
 */
public sealed interface CrashPolicy permits CrashPolicy.LeaveUnknown, CrashPolicy.Reconcile, CrashPolicy.RunAgain {

    /** The record becomes {@link State#UNKNOWN} until it is resolved: at most once. */
    record LeaveUnknown() implements CrashPolicy {}

    /**
     * The record becomes {@link State#UNKNOWN}. Each further call with the key queries the resource first.
     *
     * @param reconciler queries the resource
     */
    record Reconcile(Reconciler reconciler) implements CrashPolicy {}

    /**
     * The work runs again, with a higher fence: at least once. It is exactly once only if the resource rejects an effect
     * whose fence is lower than one that it has seen.
     */
    record RunAgain() implements CrashPolicy {}

    /**
     * At most once: the record stays unknown until an operator or a program resolves it. This is the default.
     *
     * @return the policy
     */
    static CrashPolicy leaveUnknown() {
        return new LeaveUnknown();
    }

    /**
     * Queries the resource. This is exactly once if the reconciler returns {@link Resolution.NotDone} only where the effect
     * can no longer take place, and at most once otherwise.
     *
     * @param reconciler queries the resource
     * @return the policy
     */
    static CrashPolicy reconcile(Reconciler reconciler) {
        return new Reconcile(reconciler);
    }

    /**
     * At least once: for effects that may be repeated, and for resources that reject an old fence.
     *
     * @return the policy
     */
    static CrashPolicy runAgain() {
        return new RunAgain();
    }
}
