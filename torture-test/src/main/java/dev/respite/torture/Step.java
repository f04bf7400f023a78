package dev.respite.torture;

import java.util.Locale;

/** The steps at which a worker can be paused, in the order in which a transfer passes them. */
enum Step {
    /** The request has been read. */
    BEFORE_CLAIM,
    /** The key is claimed, and the transaction has not started. */
    AFTER_CLAIM,
    /**
     * Transactional mode: the fence is checked and the record is locked. External mode: the start of the effect is recorded.
     */
    BEFORE_EFFECT,
    AFTER_DEBIT,
    AFTER_CREDIT,
    /** The work has written everything. In the transactional mode, the record is not yet DONE. */
    AFTER_LEDGER,
    BEFORE_COMMIT,
    /** In the external mode, the record is not yet DONE. */
    AFTER_COMMIT,
    /** The result is recorded, and the response is not yet sent. */
    BEFORE_ANSWER;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
