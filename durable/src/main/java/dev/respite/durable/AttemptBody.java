package dev.respite.durable;

import java.util.concurrent.atomic.AtomicBoolean;

/** One attempt of the work of a task. */
@FunctionalInterface
interface AttemptBody<T> {

    /**
     * Makes the attempt.
     *
     * @param row the row of the call
     * @param data the data, as the handler reads it
     * @param stored the data, as it is stored
     * @return whether the row was removed in the same transaction
     */
    boolean run(CallRow row, T data, byte[] stored, DurableContext context) throws Exception;

    /** Work whose effect is elsewhere; the row is removed after it. */
    static <T> AttemptBody<T> of(DurableHandler<T> handler) {
        return (row, data, stored, context) -> {
            handler.run(data, context);
            return false;
        };
    }

    /** Work whose effect is committed together with the removal of the row. */
    static <T> AttemptBody<T> of(EffectHandler<T> handler, EffectRunner effects, DurableTables tables) {
        return (row, data, stored, context) -> {
            AtomicBoolean removed = new AtomicBoolean();
            effects.run(context, stored, connection -> {
                // A runner may run it again after a rollback.
                removed.set(false);
                handler.run(connection, data, context);
                // Last: the row is not locked while the effect is made, so that the heartbeat of this call can be
                // written.
                row.remove(connection, tables);
                removed.set(true);
            });
            return removed.get();
        };
    }
}
