package dev.respite.durable;

import dev.respite.durable.CallStatements.CallRow;
import java.util.concurrent.atomic.AtomicReference;

/** One attempt of the work of a task. */
@FunctionalInterface
interface AttemptBody<T> {

    /** The row of a call after its attempt. */
    enum Row {
        REMAINS,
        REMOVED,
        /** The next call of its sequence has to be looked for. */
        REMOVED_BEFORE_UNCLEAR
    }

    /**
     * Makes the attempt.
     *
     * @param row the row of the call
     * @param data the decoded data
     * @param stored the data as it is stored
     * @param envelope the stored state of the call
     * @return the row, which may have been removed in the same transaction
     */
    Row run(CallRow row, T data, byte[] stored, Envelope envelope, DurableContext context) throws Exception;

    /** Work whose effect is elsewhere; the row is removed after it. */
    static <T> AttemptBody<T> of(DurableHandler<T> handler) {
        return (row, data, stored, envelope, context) -> {
            handler.run(data, context);
            return Row.REMAINS;
        };
    }

    /** A call of another system, whose result is committed together with the removal of the row. */
    static <T, R> AttemptBody<T> of(
            ExternalStep<T, R> call, ResultHandler<T, R> handler, EffectRunner effects, Sequences sequences) {
        return (row, data, stored, envelope, context) -> {
            EffectMark mark = sequences.mark(row);
            if (context.attempt().number() > 1) {
                mark.requireNone();
            }
            // Before the transaction, so that no connection waits for the other system.
            R result = call.call(data, context);
            AtomicReference<Row> after = new AtomicReference<>(Row.REMAINS);
            try {
                boolean isCommitted = effects.run(context, stored.clone(), connection -> {
                    mark.runAndRemove(connection, () -> handler.store(connection, data, result, context));
                    boolean isUnclear = sequences.next(connection, envelope.sequence());
                    after.set(isUnclear ? Row.REMOVED_BEFORE_UNCLEAR : Row.REMOVED);
                });
                // Its transaction may have been rolled back, and the effect was made by an earlier one.
                return isCommitted ? after.get() : Row.REMAINS;
            } catch (Throwable failure) {
                mark.checkAfter(failure);
                throw failure;
            }
        };
    }
}
