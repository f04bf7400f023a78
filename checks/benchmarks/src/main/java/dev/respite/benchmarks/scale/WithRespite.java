package dev.respite.benchmarks.scale;

import dev.respite.Retry;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import java.util.concurrent.CompletionStage;

/** Respite, with its defaults but for the delays, and for the budget, which would refuse a million retries. */
final class WithRespite implements Retries {

    /** Of the call that is being started: its first attempt ends, and its backoff is computed, before {@link #start} returns. */
    private long delayMillis;

    private final Retry retry = Retry.of(RetryPolicy.builder()
            .backoff((failed, roll) -> delayMillis * 1_000_000)
            .budget(BudgetSpec.parse("off"))
            .build());

    @Override
    public CompletionStage<?> start(WaitLedger ledger, int call) {
        delayMillis = ledger.delayMillis(call);
        return retry.callAsync(() -> ledger.attempt(call));
    }
}
