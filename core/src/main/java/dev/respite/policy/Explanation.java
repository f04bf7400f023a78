package dev.respite.policy;

import dev.respite.outcome.ErrorKind;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The schedule of a policy, with warnings about it.
 *
 * @param policy the policy explained
 * @param retries the delays before the first {@value #MAX_LISTED} retries of an error without a rule of its own, in order; none if
 *     the backoff was written in code
 * @param worstWait the sum of the greatest delays of all retries without hints, for the kind of error that waits longest. Empty
 *     if the attempts are unbounded or the backoff was written in code
 * @param fitsTotalTimeout whether the worst wait is shorter than the total timeout; true where there is none, or where it
 *     alone ends a call
 * @param warnings warnings to the author of the policy
 */
public record Explanation(
        RetryPolicy policy,
        List<PlannedDelay> retries,
        Optional<Duration> worstWait,
        boolean fitsTotalTimeout,
        List<Warning> warnings) {

    /** The most retries that are listed. */
    public static final int MAX_LISTED = 100;

    /**
     * Explains a policy.
     *
     * @param policy the policy
     * @return its schedule and its warnings
     */
    public static Explanation of(RetryPolicy policy) {
        return Explainer.explain(policy);
    }

    /**
     * Explains the policy of a durable call, which waits in a database and not in memory. There are no warnings of many
     * attempts and long delays. The first warning has the times after which calls give up if every attempt fails at once:
     * the median, and the time for 95 % of the calls.
     *
     * @param policy the policy
     * @return its schedule and its warnings
     */
    public static Explanation ofDurable(RetryPolicy policy) {
        return GivingUp.explain(policy);
    }

    /** Copies the lists. */
    public Explanation {
        retries = List.copyOf(retries);
        warnings = List.copyOf(warnings);
    }

    /**
     * A warning to the author of a policy.
     *
     * @param code the name of the warning, such as {@code no-jitter}
     * @param message the meaning and the remedy
     */
    public record Warning(String code, String message) {}

    /**
     * Returns the most attempts of a call all of whose attempts fail with one kind of error.
     *
     * @param kind the kind of error
     * @return at least 1
     */
    public int maxAttempts(ErrorKind kind) {
        return Amplification.maxAttempts(policy, kind);
    }

    /**
     * Returns the delays before the retries of one kind of error.
     *
     * @param kind the kind of error
     * @return the first {@value #MAX_LISTED} at most, in order; none where the backoff was written in code
     */
    public List<PlannedDelay> retries(ErrorKind kind) {
        return Explainer.retries(policy, kind);
    }

    /**
     * Returns the attempts for each call when attempts fail at random, independently of each other: the factor by which the policy
     * multiplies the load on its target. It is the factor in the long run, when the burst of the budget is spent.
     *
     * @param failureRate the ratio of attempts that fail with a transient error, 0 to 1; 1 is an outage
     * @param kind the kind of error that they fail with
     * @return at least 1
     * @throws IllegalArgumentException if the rate is out of range
     */
    public double amplification(double failureRate, ErrorKind kind) {
        ValueFormat.checkRange("failure rate", failureRate, 0, 1);
        return Amplification.attemptsPerCall(policy, failureRate, kind);
    }

    /**
     * Returns the attempts for each call when attempts fail by an ordinary error, which is no sign of overload.
     *
     * @param failureRate the ratio of attempts that fail, 0 to 1
     * @return at least 1
     * @throws IllegalArgumentException if the rate is out of range
     */
    public double amplification(double failureRate) {
        return amplification(failureRate, ErrorKind.OTHER);
    }

    /**
     * {@return this explanation with additional warnings}
     *
     * @param more the warnings
     */
    public Explanation withWarnings(List<Warning> more) {
        List<Warning> all = Stream.concat(warnings.stream(), more.stream()).toList();
        return new Explanation(policy, retries, worstWait, fitsTotalTimeout, all);
    }
}
