package dev.respite.policy;

import dev.respite.outcome.ErrorKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a policy would do, as data.
 *
 * @param policy the policy explained
 * @param retries the delay before each retry of an error without a rule of its own, in order; the first {@value #LISTED}
 *     at most, and none where the backoff was written in code
 * @param worstWait the sum of the greatest delays of all retries, for the kind of error that waits longest, hints not
 *     counted; empty where the attempts are unbounded or the backoff was written in code
 * @param fitsTotalTimeout whether the worst wait is shorter than the total timeout; true where there is none
 * @param warnings what the policy's author should know
 */
public record Explanation(
        RetryPolicy policy,
        List<Retry> retries,
        Optional<Duration> worstWait,
        boolean fitsTotalTimeout,
        List<Warning> warnings) {

    /** The most retries that are listed. */
    public static final int LISTED = 100;

    /**
     * Explains a policy.
     *
     * @param policy the policy
     * @return its schedule, what it multiplies the load by, and what its author should know
     */
    public static Explanation of(RetryPolicy policy) {
        return Explainer.explain(policy);
    }

    /** Copies the lists. */
    public Explanation {
        retries = List.copyOf(retries);
        warnings = List.copyOf(warnings);
    }

    /**
     * The delay before one retry.
     *
     * @param number the number of the retry, from 1
     * @param minNanos the least delay, in nanoseconds
     * @param meanNanos the mean delay, in nanoseconds; exact to a millionth part, by quadrature for decorrelated at
     *     its cap
     * @param maxNanos the greatest delay, in nanoseconds
     */
    public record Retry(int number, long minNanos, double meanNanos, long maxNanos) {}

    /**
     * Something about a policy that its author should know.
     *
     * @param code a name to test for or to silence: {@code no-jitter}
     * @param message what it means and what can be done
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
     * @return the first {@value #LISTED} at most, in order; none where the backoff was written in code
     */
    public List<Retry> retries(ErrorKind kind) {
        return Explainer.retries(policy, kind);
    }

    /**
     * Attempts for each call when attempts fail by chance, independently of each other: what the policy multiplies the
     * load on its target by. In the long run, so with the budget's burst spent.
     *
     * @param failureRate the part of attempts that fail with a transient error, 0 to 1; 1 is an outage
     * @param kind the kind of error that they fail with
     * @return at least 1
     * @throws IllegalArgumentException if the rate is out of range
     */
    public double amplification(double failureRate, ErrorKind kind) {
        Ranges.check("failure rate", failureRate, 0, 1);
        return Amplification.attemptsPerCall(policy, failureRate, kind);
    }

    /**
     * Attempts for each call when attempts fail by an ordinary error, one that is no sign of overload.
     *
     * @param failureRate the part of attempts that fail, 0 to 1
     * @return at least 1
     * @throws IllegalArgumentException if the rate is out of range
     */
    public double amplification(double failureRate) {
        return amplification(failureRate, ErrorKind.OTHER);
    }

    /**
     * Returns this explanation with additional warnings.
     *
     * @param more the warnings
     * @return the explanation
     */
    public Explanation withWarnings(List<Warning> more) {
        List<Warning> all = Stream.concat(warnings.stream(), more.stream()).toList();
        return new Explanation(policy, retries, worstWait, fitsTotalTimeout, all);
    }
}
