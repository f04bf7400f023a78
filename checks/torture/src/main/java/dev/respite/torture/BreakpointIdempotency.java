package dev.respite.torture;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Work;
import dev.respite.torture.cluster.Breakpoints;
import dev.respite.torture.cluster.Step;

/**
 * Adds a breakpoint before the claim and one before the response.
 *
 * @param idempotency the idempotency that runs the calls
 * @param breakpoints the breakpoints
 * @param <C> the context of the work
 */
record BreakpointIdempotency<C>(Idempotency<C> idempotency, Breakpoints breakpoints) implements Idempotency<C> {

    @Override
    public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super C, X> work) throws X {
        breakpoints.reach(Step.BEFORE_CLAIM);
        IdempotentResult result = idempotency.execute(call, work);
        if (result instanceof IdempotentResult.Executed) {
            breakpoints.reach(Step.BEFORE_CLIENT_RESPONSE);
        }
        return result;
    }

    @Override
    public IdempotencyCounts counts() {
        return idempotency.counts();
    }
}
