package dev.respite.benchmarks.scale;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Reactor, with its default scheduler for delays: as many timers as there are processors. */
final class WithReactor implements Retries {

    private final Retry retry = Retry.from(signals ->
            signals.concatMap(signal -> Mono.delay(Duration.ofMillis(FailedCall.delayMillis(signal.failure())))));

    @Override
    public CompletionStage<?> start(WaitLedger ledger, int call) {
        return Mono.fromFuture(() -> ledger.attempt(call)).retryWhen(retry).toFuture();
    }
}
