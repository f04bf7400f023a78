package dev.respite.benchmarks.scale;

import java.util.concurrent.CompletionStage;

/** One way to make calls wait for a retry. It gives each call to its library in the form that the library takes. */
@FunctionalInterface
interface Retries {

    /** Begins a call of the ledger, which is tried twice, with its delay between. Always the same thread calls this. */
    CompletionStage<?> start(WaitLedger ledger, int call);
}
