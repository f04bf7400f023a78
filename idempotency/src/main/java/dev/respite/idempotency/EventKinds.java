package dev.respite.idempotency;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import java.util.Map;

/** Maps each event to the kind under which it is counted. */
final class EventKinds {

    private static final Map<Class<? extends IdempotentResult>, Kind> ANSWERS = Map.of(
            IdempotentResult.Executed.class, Kind.EXECUTED,
            IdempotentResult.Replayed.class, Kind.REPLAYED,
            IdempotentResult.NotDone.class, Kind.NOT_DONE,
            IdempotentResult.FailedWithUnknownEffect.class, Kind.FAILED_WITH_UNKNOWN_EFFECT,
            IdempotentResult.InProgress.class, Kind.IN_PROGRESS,
            IdempotentResult.Unknown.class, Kind.UNKNOWN,
            IdempotentResult.Mismatch.class, Kind.MISMATCH,
            IdempotentResult.Expired.class, Kind.EXPIRED,
            IdempotentResult.KeyFromFuture.class, Kind.KEY_FROM_FUTURE,
            IdempotentResult.OverQuota.class, Kind.OVER_QUOTA);

    private static final Map<Class<? extends IdempotencyEvent>, Kind> EVENTS = Map.of(
            IdempotencyEvent.Failed.class, Kind.FAILED,
            IdempotencyEvent.TookOver.class, Kind.TOOK_OVER,
            IdempotencyEvent.BecameUnknown.class, Kind.BECAME_UNKNOWN,
            IdempotencyEvent.Resolved.class, Kind.RESOLVED,
            IdempotencyEvent.LostOwnership.class, Kind.LOST_OWNERSHIP,
            IdempotencyEvent.StoreFailed.class, Kind.STORE_FAILED,
            IdempotencyEvent.CallbackFailed.class, Kind.CALLBACK_FAILED);

    private EventKinds() {}

    static Kind of(IdempotencyEvent event) {
        Kind kind = event instanceof IdempotencyEvent.Answered answered
                ? ANSWERS.get(answered.result().getClass())
                : EVENTS.get(event.getClass());
        if (kind == null) {
            throw new IllegalStateException("event " + event + " has no kind: add it to EventKinds");
        }
        return kind;
    }
}
