package dev.respite.torture;

import dev.respite.idempotency.Answer;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.Work;

/**
 * Adds a breakpoint before the claim and one before the response.
 *
 * @param idempotency the idempotency that runs the calls
 * @param breakpoints the breakpoints
 * @param <C> the context of the work
 */
record BreakpointIdempotency<C>(Idempotency<C> idempotency, Breakpoints breakpoints) implements Idempotency<C> {

    @Override
    public <X extends Exception> Answer execute(IdempotentCall call, Work<? super C, X> work) throws X {
        breakpoints.reach(Step.BEFORE_CLAIM);
        Answer answer = idempotency.execute(call, work);
        if (answer instanceof Answer.Executed) {
            breakpoints.reach(Step.BEFORE_ANSWER);
        }
        return answer;
    }

    @Override
    public IdempotencyCounts counts() {
        return idempotency.counts();
    }
}
