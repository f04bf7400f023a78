package dev.respite.idempotency;

import dev.respite.idempotency.store.StoredResponse;
import java.util.function.Predicate;

/**
 * Selects the responses and exceptions which mean that the work had no effect, in addition to {@link Execution#noEffect()}. An
 * exception is tested with each of its causes.
 */
record NoEffect(Predicate<? super StoredResponse> responses, Predicate<? super Throwable> failures) {

    /** A chain of causes may be cyclic. */
    private static final int MAX_CAUSES = 100;

    static final NoEffect NEVER = new NoEffect(response -> false, failure -> false);

    boolean matches(StoredResponse response) {
        return responses.test(response);
    }

    boolean matches(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (failures.test(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
