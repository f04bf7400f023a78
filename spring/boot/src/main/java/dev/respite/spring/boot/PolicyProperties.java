package dev.respite.spring.boot;

import dev.respite.policy.BackoffKind;
import dev.respite.policy.Hints;
import dev.respite.policy.Nested;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a policy as properties. A key that is not given has its default. There is one component for each key of the
 * vocabulary.
 *
 * @param preset the numbers to start from; they replace respite.defaults
 * @param maxAttempts how many attempts a call makes, the first included, or unlimited, where a total timeout ends it
 * @param maxRetries the same, without the first attempt
 * @param unbounded the reason why attempts are not limited, in place of a number
 * @param backoff how the delays grow
 * @param baseDelay the first delay
 * @param multiplier the factor of an exponential backoff
 * @param increment the increment of a linear backoff
 * @param maxDelay the longest delay
 * @param jitter how much of each delay is random: full, equal, additive, none, or proportional with a share, as proportional:0.2
 * @param totalTimeout how long a call may take with all its attempts; off for no limit
 * @param attemptTimeout how long an attempt may take
 * @param retryAfter the treatment of a server's hint
 * @param retryAfterLimit the longest hint that is waited for
 * @param budget what limits the retries of all calls together: fleet, off, or one of the published forms
 * @param clients how many clients the target has
 * @param budgetWait how long a call waits for the budget that has rejected its retry
 * @param nested whether failures are retried on which an inner retry has given up
 * @param retryOn errors that are retried besides those that are transient by default
 * @param stopOn errors that are not retried
 * @param acknowledge the codes of warnings that are not logged, such as no-jitter
 * @param errors limits and delays for kinds of errors
 */
record PolicyProperties(
        @Nullable String preset,
        @Nullable String maxAttempts,
        @Nullable Integer maxRetries,
        @Nullable String unbounded,
        @Nullable BackoffKind backoff,
        @Nullable Duration baseDelay,
        @Nullable Double multiplier,
        @Nullable Duration increment,
        @Nullable Duration maxDelay,
        @Nullable String jitter,
        @Nullable TimeLimit totalTimeout,
        @Nullable Duration attemptTimeout,
        Hints.@Nullable Mode retryAfter,
        @Nullable Duration retryAfterLimit,
        @Nullable String budget,
        @Nullable Integer clients,
        @Nullable String budgetWait,
        @Nullable Nested nested,
        @Nullable List<String> retryOn,
        @Nullable List<String> stopOn,
        @Nullable List<String> acknowledge,
        @Nullable Map<String, ErrorProperties> errors) {

    static final String OFF = "off";
    static final String FALSE = "false";

    /** Returns the settings that were given, in the vocabulary of policies. */
    Map<String, String> settings() {
        return PropertyRecords.settings("", this);
    }
}
