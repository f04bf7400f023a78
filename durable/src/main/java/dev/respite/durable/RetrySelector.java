package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.Retry;
import dev.respite.driver.ResumableRetry;
import dev.respite.outcome.Classifier;
import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The retry of a task: under the policy of this deployment, and under those that calls of earlier deployments keep. */
final class RetrySelector {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    /** There are as many as policies were deployed while pinned calls ran. */
    private static final int MAX_PINNED = 64;

    private final Retry retry;
    private final Function<RetryPolicy, Classifier> classifiers;
    private final Selected current;
    private final boolean pins;
    private final Map<String, Selected> pinned = new ConcurrentHashMap<>();

    private RetrySelector(Retry retry, Function<RetryPolicy, Classifier> classifiers, boolean pins) {
        this.retry = retry;
        this.classifiers = classifiers;
        this.current = selected(retry);
        this.pins = pins;
    }

    /**
     * Creates the retry of a task.
     *
     * @param classifiers what the outcomes of the task mean under a policy
     * @throws IllegalArgumentException if the policy waits for its budget in memory; if it is to be pinned and has parts that
     *     are written in code; or if it has no classifier for the task
     */
    static RetrySelector of(DurableTask<?> task, Retry retry, Function<RetryPolicy, Classifier> classifiers) {
        if (task.isPinned() && !isText(retry.policy())) {
            throw new IllegalArgumentException(
                    "the policy of task '" + task.name() + "' cannot be pinned: " + retry.policy()
                            + " has parts that are written in code, which no text can store; leave them out, or do not pin the policy");
        }
        return new RetrySelector(retry, classifiers, task.isPinned());
    }

    /** Returns whether a policy has no parts that are written in code. */
    static boolean isText(RetryPolicy policy) {
        try {
            return RetryPolicy.parse(policy.toString()).equals(policy);
        } catch (InvalidPolicyException custom) {
            return false;
        }
    }

    /** The retry of calls, and their total timeout. */
    private record Selected(ResumableRetry retry, Optional<Duration> totalTimeout) {}

    private Selected selected(Retry given) {
        RetryPolicy policy = given.policy();
        return new Selected(
                given.driver()
                        .withClassifier(new DurableClassifier(classifiers.apply(policy)))
                        .driver()
                        .resumable(),
                policy.limits().totalTimeout());
    }

    /** The text of the policy that a call keeps from now on; empty if it follows the deployments. */
    Optional<String> pin(Optional<String> stored) {
        return pins ? Optional.of(stored.orElseGet(() -> retry.policy().toString())) : Optional.empty();
    }

    /** The retry of a call that has stored this policy. */
    ResumableRetry of(Optional<String> stored) {
        return selected(stored).retry;
    }

    /** The total timeout of a call that has stored this policy; empty for none. */
    Optional<Duration> totalTimeout(Optional<String> stored) {
        return selected(stored).totalTimeout;
    }

    /** Returns how many deferred retries would be made now, under any policy. */
    int deferredRetriesLeft() {
        long left = current.retry.deferredRetriesLeft();
        for (Selected each : pinned.values()) {
            left += each.retry.deferredRetriesLeft();
        }
        return (int) Math.min(Integer.MAX_VALUE, left);
    }

    private Selected selected(Optional<String> stored) {
        if (!pins || stored.isEmpty() || stored.get().equals(retry.policy().toString())) {
            return current;
        }
        if (pinned.size() >= MAX_PINNED) {
            pinned.clear();
        }
        return Objects.requireNonNull(pinned.computeIfAbsent(stored.get(), this::parsed));
    }

    private Selected parsed(String policy) {
        try {
            return selected(retry.withPolicy(RetryPolicy.parse(policy)));
        } catch (IllegalArgumentException unknown) {
            LOGGER.log(
                    WARNING,
                    "the pinned policy '" + ValueFormat.shortened(policy)
                            + "' cannot be read, so its calls follow the policy of this deployment: "
                            + unknown.getMessage());
            return current;
        }
    }
}
