package dev.respite.durable.idempotency;

import dev.respite.durable.DurableContext;
import dev.respite.durable.EffectRunner;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.util.Objects;

/**
 * Runs effects with a record of their key: the effect, the record DONE and the removal of the call's row are one transaction. A
 * second call with the same key has no effect, for as long as records are retained.
 *
 * <pre>{@code
 * DurableRetry.builder(dataSource)
 *         .effects(IdempotentEffects.of(TransactionalIdempotency.of(dataSource), Scope.of("billing")))
 *         .effect(credit, retry, (connection, data, context) -> book(connection, data));
 * }</pre>
 *
 * <p>The retention of the records must be longer than a call may take: a key that is older is rejected, and its call is
 * given up. Immutable, and safe for use by any number of threads.
 */
public final class IdempotentEffects implements EffectRunner {

    private static final String FINGERPRINT_VERSION = "1";

    /** The engine suggests at most as much. */
    private static final Duration NOT_KNOWN_YET = Duration.ofSeconds(1);

    private final TransactionalIdempotency idempotency;
    private final Scope scope;

    private IdempotentEffects(TransactionalIdempotency idempotency, Scope scope) {
        this.idempotency = idempotency;
        this.scope = scope;
    }

    /**
     * {@return a runner}
     *
     * @param idempotency the records, in the database in which the calls are stored
     * @param scope the owner of the keys
     */
    public static IdempotentEffects of(TransactionalIdempotency idempotency, Scope scope) {
        return new IdempotentEffects(
                Objects.requireNonNull(idempotency, "idempotency"), Objects.requireNonNull(scope, "scope"));
    }

    /**
     * {@inheritDoc}
     *
     * @throws PendingException if another execution with the key runs, or its outcome cannot be read
     * @throws IllegalStateException if the effect must not be made: its outcome is unknown, the key was used with other data, is
     *     too old or dated ahead, or there are too many records
     */
    @Override
    public boolean run(DurableContext context, byte[] stored, Effect effect) throws Exception {
        IdempotentCall call = IdempotentCall.of(
                scope,
                "durable " + context.task(),
                IdempotencyKey.of(context.key()),
                Fingerprint.of(FINGERPRINT_VERSION, stored));
        IdempotentResult result = idempotency.executeWithResponse(call, StoredResponse.empty(), connection -> {
            effect.run(connection);
            return StoredResponse.empty();
        });
        if (result instanceof IdempotentResult.Executed) {
            return true;
        }
        if (result instanceof IdempotentResult.Replayed) {
            return false;
        }
        if (result instanceof IdempotentResult.InProgress) {
            throw new PendingException(
                    "the effect with the key of call '" + context.id() + "' is being made by another execution",
                    NOT_KNOWN_YET);
        }
        throw new IllegalStateException("the effect of call '" + context.id() + "' of task '" + context.task()
                + "' was not made, since the record of its key says: " + name(result) + "; " + remedy(result));
    }

    @Override
    public boolean isRecordingKeys() {
        return true;
    }

    /** Without the response, which may be long and does not belong in messages. */
    private static String name(IdempotentResult result) {
        return result instanceof IdempotentResult.Rejected rejected
                ? rejected.reason().name()
                : result.getClass().getSimpleName();
    }

    private static String remedy(IdempotentResult result) {
        if (!(result instanceof IdempotentResult.Rejected rejected)) {
            return "resolve the record, then replay the dead letter";
        }
        return switch (rejected.reason()) {
            case MISMATCH -> "the key was used with other data: edit the dead letter with a new key, or discard it";
            case EXPIRED ->
                "the key is older than the retention of the records, which must be longer than a call may take";
            case KEY_FROM_FUTURE ->
                "the key is dated ahead of the clock of the records: replay the dead letter when that time has come, or"
                        + " edit it with a new key";
            case OVER_QUOTA ->
                "there are too many records: raise their limit or purge them, then replay the dead letter";
        };
    }
}
