package dev.respite.torture;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Work;

/**
 * Another idempotency with a step before the claim and one before the answer.
 *
 * @param idempotency the other
 * @param steps the steps
 * @param <C> what work is given
 */
record Stepped<C>(Idempotency<C> idempotency, Steps steps) implements Idempotency<C> {

    @Override
    public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super C, X> work) throws X {
        steps.reach(Step.BEFORE_CLAIM);
        IdempotentResult result = idempotency.execute(call, work);
        if (result instanceof IdempotentResult.Executed) {
            steps.reach(Step.BEFORE_ANSWER);
        }
        return result;
    }

    @Override
    public IdempotencyCounts counts() {
        return idempotency.counts();
    }
}
