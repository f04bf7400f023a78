package dev.respite.durable;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;

/** The retry of the writes of this module. */
final class RepeatedWrites {

    /** The database may be unreachable for a moment. A write that still fails is found by the missing heartbeat. */
    static final Retry RETRY = Retry.silent(
                    RetryPolicy.parse(
                            "max-attempts=8 base-delay=20ms max-delay=2s total-timeout=20s budget=off nested=retry"),
                    TimeSource.system())
            .withName("durable-writes");

    private RepeatedWrites() {}
}
