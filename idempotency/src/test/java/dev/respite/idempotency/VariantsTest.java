package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Checks that each variant of a sealed type is handled, which Java 17 does not. */
class VariantsTest {

    private static final StorageKey KEY = IdempotencyFixture.call("k").storageKey();
    private static final OwnerToken OWNER = new OwnerToken(KEY, 1, "me");
    private static final IdempotencyRecord RECORD =
            new IdempotencyFixture().owned(IdempotencyFixture.call("k")).record();

    static final List<IdempotentResult> ANSWERS = List.of(
            new IdempotentResult.Executed(StoredResponse.empty()),
            new IdempotentResult.Replayed(StoredResponse.empty(), RECORD),
            new IdempotentResult.NotDone(StoredResponse.empty()),
            new IdempotentResult.FailedWithUnknownEffect(StoredResponse.empty()),
            new IdempotentResult.InProgress(Duration.ZERO),
            new IdempotentResult.Unknown(KEY),
            new IdempotentResult.Mismatch(),
            new IdempotentResult.Expired(),
            new IdempotentResult.KeyFromFuture(),
            new IdempotentResult.OverQuota());

    private static final List<IdempotencyEvent> EVENTS = List.of(
            new IdempotencyEvent.Answered("n", KEY, ANSWERS.get(0)),
            new IdempotencyEvent.Failed("n", KEY, new Error()),
            new IdempotencyEvent.TookOver("n", KEY, RECORD),
            new IdempotencyEvent.BecameUnknown("n", KEY, OWNER),
            new IdempotencyEvent.Resolved("n", KEY, RECORD),
            new IdempotencyEvent.LostOwnership("n", KEY, true, Optional.empty()),
            new IdempotencyEvent.StoreFailed("n", KEY, new StoreUnavailableException("m", new Error())),
            new IdempotencyEvent.CallbackFailed("n", KEY, "part", new Error()));

    @Test
    void everyAnswerAndEvent_isCountedAsAKindOfItsOwn() {
        assertThat(classes(ANSWERS)).containsExactlyInAnyOrder(IdempotentResult.class.getPermittedSubclasses());
        assertThat(classes(EVENTS)).containsExactlyInAnyOrder(IdempotencyEvent.class.getPermittedSubclasses());
        Set<IdempotencyCounts.Kind> kinds = ANSWERS.stream()
                .map(result -> EventKinds.of(new IdempotencyEvent.Answered("n", KEY, result)))
                .collect(Collectors.toSet());
        EVENTS.stream().map(EventKinds::of).forEach(kinds::add);
        assertThat(kinds)
                .hasSize(ANSWERS.size() + EVENTS.size() - 1)
                .containsExactlyInAnyOrder(IdempotencyCounts.Kind.values());
    }

    private static List<Class<?>> classes(List<?> values) {
        return Arrays.asList(values.stream().map(Object::getClass).toArray(Class<?>[]::new));
    }
}
