package dev.respite.torture;

import dev.respite.idempotency.Answer;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.Work;

/**
 * Another idempotency with a step before the claim and one before the answer.
 *
 * @param idempotency the other
 * @param breakpoints the breakpoints
 * @param <C> what work is given
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
