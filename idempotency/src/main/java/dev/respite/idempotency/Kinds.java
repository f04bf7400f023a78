package dev.respite.idempotency;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import java.util.Map;

/** As what an event is counted. */
final class Kinds {

    private static final Map<Class<? extends Answer>, Kind> ANSWERS = Map.of(
            Answer.Executed.class, Kind.EXECUTED,
            Answer.Replayed.class, Kind.REPLAYED,
            Answer.NotDone.class, Kind.NOT_DONE,
            Answer.Unsettled.class, Kind.UNSETTLED,
            Answer.InProgress.class, Kind.IN_PROGRESS,
            Answer.Unknown.class, Kind.UNKNOWN,
            Answer.Mismatch.class, Kind.MISMATCH,
            Answer.Expired.class, Kind.EXPIRED,
            Answer.Postdated.class, Kind.POSTDATED,
            Answer.OverQuota.class, Kind.OVER_QUOTA);

    private static final Map<Class<? extends IdempotencyEvent>, Kind> EVENTS = Map.of(
            IdempotencyEvent.Failed.class, Kind.FAILED,
            IdempotencyEvent.TookOver.class, Kind.TOOK_OVER,
            IdempotencyEvent.BecameUnknown.class, Kind.BECAME_UNKNOWN,
            IdempotencyEvent.Resolved.class, Kind.RESOLVED,
            IdempotencyEvent.LostOwnership.class, Kind.LOST_OWNERSHIP,
            IdempotencyEvent.StoreFailed.class, Kind.STORE_FAILED,
            IdempotencyEvent.PartFailed.class, Kind.PART_FAILED);

    private Kinds() {}

    static Kind of(IdempotencyEvent event) {
        Kind kind = event instanceof IdempotencyEvent.Answered answered
                ? ANSWERS.get(answered.answer().getClass())
                : EVENTS.get(event.getClass());
        if (kind == null) {
            throw new IllegalStateException("no kind for " + event);
        }
        return kind;
    }
}
