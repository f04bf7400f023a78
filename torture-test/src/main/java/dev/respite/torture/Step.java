package dev.respite.torture;

import java.util.Locale;

/** The places at which a worker can be made to stand still, in the order in which a transfer comes by them. */
enum Step {
    /** The request has been read. */
    BEFORE_CLAIM,
    /** The key is claimed; the transaction has not begun. */
    AFTER_CLAIM,
    /** Mode A: the fence is checked and the record locked. Mode B: the effect is announced. */
    BEFORE_EFFECT,
    AFTER_DEBIT,
    AFTER_CREDIT,
    /** All is written that the work writes. Mode A: but not that it is done. */
    AFTER_LEDGER,
    BEFORE_COMMIT,
    /** Mode B: but the record does not say so. */
    AFTER_COMMIT,
    /** All is recorded; the client has not been told. */
    BEFORE_ANSWER;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
