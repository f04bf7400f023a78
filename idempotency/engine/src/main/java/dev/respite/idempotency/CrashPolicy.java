package dev.respite.idempotency;

import dev.respite.idempotency.store.State;
import java.util.Objects;
import java.util.Optional;

/**
 * The treatment of a record whose owner is gone after it had begun an effect that cannot be rolled back. It matters only
 * where effect and record are not in one transaction.
 */
public final class CrashPolicy {

    private static final CrashPolicy LEAVE_UNKNOWN = new CrashPolicy(false, Optional.empty());
    private static final CrashPolicy RUN_AGAIN = new CrashPolicy(true, Optional.empty());

    private final boolean runsAgain;
    private final Optional<Reconciler> reconciler;

    private CrashPolicy(boolean runsAgain, Optional<Reconciler> reconciler) {
        this.runsAgain = runsAgain;
        this.reconciler = reconciler;
    }

    /**
     * {@return the policy that leaves the record {@link State#UNKNOWN} until an operator or a program resolves it: at most
     * once} This is the default.
     */
    public static CrashPolicy leaveUnknown() {
        return LEAVE_UNKNOWN;
    }

    /**
     * Leaves the record {@link State#UNKNOWN}, and queries the resource in each further call with the key. This is exactly once
     * if the reconciler returns {@link Resolution#notDone} only where the effect can no longer take place, and at most once
     * otherwise.
     *
     * @param reconciler queries the resource
     * @return the policy
     */
    public static CrashPolicy reconcile(Reconciler reconciler) {
        return new CrashPolicy(false, Optional.of(Objects.requireNonNull(reconciler, "reconciler")));
    }

    /**
     * {@return the policy that runs the work again, with a higher fence: at least once, for effects that may be repeated} It is
     * exactly once if the resource rejects an effect whose fence is lower than one that it has seen.
     */
    public static CrashPolicy runAgain() {
        return RUN_AGAIN;
    }

    boolean runsAgain() {
        return runsAgain;
    }

    Optional<Reconciler> reconciler() {
        return reconciler;
    }
}
