package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Java 17 does not check that each variant of a sealed type is thought of: this does. */
class VariantsTest {

    private static final StorageKey KEY = Bench.call("k").storageKey();
    private static final Ownership OWNER = new Ownership(KEY, 1, "me");
    private static final IdempotencyRecord RECORD =
            new Bench().claims().claim(Bench.call("k"), KEY) instanceof Clerk.Claimed.Mine mine
                    ? mine.owned().record()
                    : null;

    static final List<Answer> ANSWERS = List.of(
            new Answer.Executed(StoredResponse.empty()),
            new Answer.Replayed(StoredResponse.empty(), RECORD),
            new Answer.NotDone(StoredResponse.empty()),
            new Answer.Unsettled(StoredResponse.empty()),
            new Answer.InProgress(Duration.ZERO),
            new Answer.Unknown(KEY),
            new Answer.Mismatch(),
            new Answer.Expired(),
            new Answer.Postdated(),
            new Answer.OverQuota());

    private static final List<IdempotencyEvent> EVENTS = List.of(
            new IdempotencyEvent.Answered("n", KEY, ANSWERS.get(0)),
            new IdempotencyEvent.Failed("n", KEY, new Error()),
            new IdempotencyEvent.TookOver("n", KEY, RECORD),
            new IdempotencyEvent.BecameUnknown("n", KEY, OWNER),
            new IdempotencyEvent.Resolved("n", KEY, RECORD),
            new IdempotencyEvent.LostOwnership("n", KEY, true, Optional.empty()),
            new IdempotencyEvent.StoreFailed("n", KEY, new StoreUnavailableException("m", new Error())),
            new IdempotencyEvent.PartFailed("n", KEY, "part", new Error()));

    @Test
    void everyAnswerAndEvent_isCountedAsAKindOfItsOwn() {
        assertThat(classes(ANSWERS)).containsExactlyInAnyOrder(Answer.class.getPermittedSubclasses());
        assertThat(classes(EVENTS)).containsExactlyInAnyOrder(IdempotencyEvent.class.getPermittedSubclasses());
        Set<IdempotencyCounts.Kind> kinds = ANSWERS.stream()
                .map(answer -> Kinds.of(new IdempotencyEvent.Answered("n", KEY, answer)))
                .collect(Collectors.toSet());
        EVENTS.stream().map(Kinds::of).forEach(kinds::add);
        assertThat(kinds)
                .hasSize(ANSWERS.size() + EVENTS.size() - 1)
                .containsExactlyInAnyOrder(IdempotencyCounts.Kind.values());
    }

    private static List<Class<?>> classes(List<?> values) {
        return Arrays.asList(values.stream().map(Object::getClass).toArray(Class<?>[]::new));
    }
}
