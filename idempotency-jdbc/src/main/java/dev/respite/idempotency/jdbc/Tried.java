package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Ending;
import dev.respite.idempotency.StoredResponse;

/** What came of one transaction in which the work was tried. */
sealed interface Tried {

    /** That is what it comes to. */
    record Ended(Ending ending) implements Tried {}

    /** The record was not this owner's, or an earlier transaction of this call shows in it: nothing was run. */
    record NotEntered() implements Tried {}

    /** The work has answered with an error. It is rolled back, unless it had committed by itself. */
    record Refused(StoredResponse response) implements Tried {}

    /** It failed for this reason, which may pass by itself. It is rolled back, unless the work had committed by itself. */
    record Undone(Throwable reason, boolean mayPass) implements Tried {}
}
