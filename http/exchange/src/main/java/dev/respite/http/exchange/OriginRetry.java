package dev.respite.http.exchange;

import dev.respite.Retry;
import dev.respite.budget.RetryBudget;

/** The budget of an origin, and the retry with it, made once for all calls. */
final class OriginRetry {

    private final String origin;
    private final RetryBudget budget;
    private final Retry base;
    private final Retry retry;

    OriginRetry(String origin, RetryBudget budget, Retry base) {
        this.origin = origin;
        this.budget = budget;
        this.base = base;
        this.retry = base.driver().withBudget(budget, origin);
    }

    /** Returns a retry with the budget and the name of this origin. One with a policy or a listener of its own is made anew. */
    Retry from(Retry other) {
        return other == base ? retry : other.driver().withBudget(budget, origin);
    }
}
