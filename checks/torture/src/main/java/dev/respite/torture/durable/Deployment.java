package dev.respite.torture.durable;

import dev.respite.Retry;
import dev.respite.durable.DataCodec;
import dev.respite.durable.DurableTask;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.nio.charset.StandardCharsets;

/** A deployment of the workers. The newer one has another policy, and another version of the data. */
enum Deployment {
    FIRST("max-attempts=6 base-delay=30ms max-delay=500ms total-timeout=1m attempt-timeout=3s") {
        @Override
        DurableTask<DurableOrder> task(String name) {
            return DurableTask.of(name, codec(""));
        }
    },
    SECOND("max-attempts=8 base-delay=50ms max-delay=1s jitter=equal total-timeout=2m on.lost.max-attempts=6") {
        @Override
        DurableTask<DurableOrder> task(String name) {
            return DurableTask.of(name, codec(SECOND_FORM)).withUpgrade(1, Deployment::upgraded);
        }
    };

    private static final String SECOND_FORM = "order ";

    private final String policy;

    Deployment(String policy) {
        this.policy = policy;
    }

    /** Returns a task in the version of this deployment. */
    abstract DurableTask<DurableOrder> task(String name);

    /** Returns the retry of a task, without a budget, since attempts are cheap and faults are frequent. */
    Retry retry(String more) {
        return Retry.withoutWarnings(
                RetryPolicy.parse(policy + " budget=off nested=retry" + more), TimeSource.system());
    }

    private static DataCodec<DurableOrder> codec(String prefix) {
        return DataCodec.of(order -> (prefix + order.body()).getBytes(StandardCharsets.UTF_8), bytes -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (!text.startsWith(prefix)) {
                throw new IllegalArgumentException("'" + text + "' does not start with '" + prefix + "'");
            }
            return DurableOrder.of(text.substring(prefix.length()));
        });
    }

    private static byte[] upgraded(byte[] first) {
        return (SECOND_FORM + new String(first, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }
}
