package dev.respite.idempotency;

/**
 * What to do about a key whose owner has gone after it had begun what cannot be taken back. It matters only where effect and
 * record are not in one transaction.
 */
public sealed interface CrashPolicy permits CrashPolicy.LeaveUnknown, CrashPolicy.Reconcile, CrashPolicy.RunAgain {

    /** The record becomes {@link State#UNKNOWN}, until somebody resolves it: at most once. */
    record LeaveUnknown() implements CrashPolicy {}

    /**
     * The record becomes {@link State#UNKNOWN}, and the resource is asked each time that somebody asks for it.
     *
     * @param reconciler what asks the resource
     */
    record Reconcile(Reconciler reconciler) implements CrashPolicy {}

    /**
     * It is run again, with a higher fence: at least once. It is exactly once only if the resource refuses an effect whose
     * fence is lower than one that it has seen.
     */
    record RunAgain() implements CrashPolicy {}

    /**
     * At most once: what is not known to have happened is left to somebody who can find out. The default.
     *
     * @return the policy
     */
    static CrashPolicy leaveUnknown() {
        return new LeaveUnknown();
    }

    /**
     * Asks the resource: exactly once if {@link Resolution.NotDone} is said only where it is true for good, else at most once.
     *
     * @param reconciler what asks it
     * @return the policy
     */
    static CrashPolicy reconcile(Reconciler reconciler) {
        return new Reconcile(reconciler);
    }

    /**
     * At least once: for effects that may be repeated, or that refuse an old fence.
     *
     * @return the policy
     */
    static CrashPolicy runAgain() {
        return new RunAgain();
    }
}
