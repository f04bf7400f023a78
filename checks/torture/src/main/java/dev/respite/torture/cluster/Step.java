package dev.respite.torture.cluster;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/** The steps at which a worker can be paused. The steps of a transfer come first, then the steps of a durable call. */
public enum Step {
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
    BEFORE_CLIENT_RESPONSE,

    /** The order and its calls are inserted. */
    BEFORE_ENQUEUE_COMMIT,
    /** They are committed, and the response is not yet sent. */
    AFTER_ENQUEUE_COMMIT,
    /** The call is due, and its row is not yet picked. */
    BEFORE_PICK,
    /** The row is picked, and the handler has done nothing. */
    AFTER_PICK,
    /** The effect is written, and the row is not yet removed. */
    BEFORE_REMOVAL,
    /** The row is removed in the transaction of the effect. */
    AFTER_REMOVAL,
    AFTER_EFFECT_COMMIT,
    /** The other system has sent its response, and the handler has not received it. */
    BEFORE_RESPONSE,
    /** The handler has the response, and the row is not yet removed. */
    AFTER_RESPONSE,
    /** The attempt has failed, or a dead one was noticed. */
    BEFORE_RESCHEDULE,
    AFTER_RESCHEDULE,
    /** The row of a call that is given up is removed, and its dead letter is not yet inserted. */
    DURING_PARK;

    /** Returns the steps of a transfer. */
    public static List<Step> ofTransfers() {
        return List.copyOf(EnumSet.range(BEFORE_CLAIM, BEFORE_CLIENT_RESPONSE));
    }

    /** Returns the steps of a durable call. */
    public static List<Step> ofDurableCalls() {
        return List.copyOf(EnumSet.range(BEFORE_ENQUEUE_COMMIT, DURING_PARK));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
