package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Ending;

/** What came of one transaction in which the work was tried. */
sealed interface Tried {

    /** That is what it comes to. */
    record Ended(Ending ending) implements Tried {}

    /** Nothing of it remains, for this reason, which may pass by itself. */
    record Undone(Throwable reason, boolean mayPass) implements Tried {}

    /** The work has ended the transaction by itself, and whatever it had done until then may remain. */
    record Escaped() implements Tried {}
}
