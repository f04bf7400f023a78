package dev.respite.idempotency;

import java.util.function.Predicate;

/**
 * Which ends of work say that nothing was done, beyond what the work says by itself.
 *
 * @param responses of a response
 * @param failures of an exception, or of one in the chain of its causes
 */
record NoEffect(Predicate<? super StoredResponse> responses, Predicate<? super Throwable> failures) {

    /** A chain of causes may be a circle. */
    private static final int MOST_CAUSES = 100;

    static final NoEffect NEVER = new NoEffect(response -> false, failure -> false);

    boolean isSaidBy(StoredResponse response) {
        return responses.test(response);
    }

    boolean isSaidBy(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (failures.test(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
