package dev.respite.benchmarks.scale;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Failsafe, with its default scheduler: a timer that hands over to a fork-join pool, for first attempts too. */
final class WithFailsafe implements Retries {

    private final FailsafeExecutor<Object> executor = Failsafe.with(RetryPolicy.builder()
            .withMaxAttempts(3)
            .withDelayFn(context -> Duration.ofMillis(FailedCall.delayMillis(context.getLastException())))
            .handle(IOException.class)
            .build());

    @Override
    public CompletionStage<?> start(WaitLedger ledger, int call) {
        return executor.getStageAsync(() -> ledger.attempt(call));
    }
}
