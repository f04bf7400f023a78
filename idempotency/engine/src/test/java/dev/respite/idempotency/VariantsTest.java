package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Checks that each variant of a sealed type is handled, which Java 17 does not. */
class VariantsTest {

    private static final StorageKey KEY = IdempotencyFixture.call("k").storageKey();
    private static final OwnerToken OWNER = new OwnerToken(KEY, 1, "me");
    private static final IdempotencyRecord RECORD =
            new IdempotencyFixture().owned(IdempotencyFixture.call("k")).record();

    static final List<IdempotentResult> RESULTS = List.of(
            new IdempotentResult.Executed(StoredResponse.empty()),
            new IdempotentResult.Replayed(StoredResponse.empty(), RECORD),
            new IdempotentResult.NotDone(StoredResponse.empty()),
            new IdempotentResult.FailedWithUnknownEffect(StoredResponse.empty()),
            new IdempotentResult.InProgress(Duration.ZERO),
            new IdempotentResult.Unknown(KEY),
            new IdempotentResult.Rejected(IdempotentResult.Reason.MISMATCH),
            new IdempotentResult.Rejected(IdempotentResult.Reason.EXPIRED),
            new IdempotentResult.Rejected(IdempotentResult.Reason.KEY_FROM_FUTURE),
            new IdempotentResult.Rejected(IdempotentResult.Reason.OVER_QUOTA));

    @Test
    void everyResult_isCountedAsAKindOfItsOwn() {
        assertThat(Set.copyOf(classes(RESULTS)))
                .containsExactlyInAnyOrder(IdempotentResult.class.getPermittedSubclasses());
        IdempotencyPublisher publisher = new IdempotencyPublisher("n", IdempotencyListener.NONE);
        RESULTS.forEach(result -> publisher.ended(KEY, result));
        assertThat(publisher.read().byKind())
                .hasSize(RESULTS.size())
                .allSatisfy((kind, count) -> assertThat(count).isEqualTo(1));
    }

    private static List<Class<?>> classes(List<?> values) {
        return Arrays.asList(values.stream().map(Object::getClass).toArray(Class<?>[]::new));
    }
}
