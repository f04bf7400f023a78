package dev.respite.spring.boot;

import dev.respite.policy.BackoffKind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a policy for one kind of error. A setting that is not given is the same as for other errors.
 *
 * @param maxAttempts how many attempts a call makes that fails with this error, the first included
 * @param maxRetries the same, without the first attempt
 * @param backoff how the delays grow
 * @param baseDelay the first delay
 * @param multiplier the factor of an exponential backoff
 * @param increment the increment of a linear backoff
 * @param maxDelay the longest delay
 * @param jitter how much of each delay is random: full, equal, additive, none, or proportional with a share, as proportional:0.2
 */
record ErrorProperties(
        @Nullable Integer maxAttempts,
        @Nullable Integer maxRetries,
        @Nullable BackoffKind backoff,
        @Nullable Duration baseDelay,
        @Nullable Double multiplier,
        @Nullable Duration increment,
        @Nullable Duration maxDelay,
        @Nullable String jitter) {}
