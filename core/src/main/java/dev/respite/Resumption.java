package dev.respite;

import dev.respite.outcome.ErrorKind;
import org.jspecify.annotations.Nullable;

/** What a {@link RetryCall} has beside its state if its earlier attempts were made elsewhere. Calls in memory have none. */
final class Resumption {

    /** Whether a retry that the budget rejects is deferred: it is decided on, and the budget is queried again when it is due. */
    private final boolean defers;

    /** The kind of error whose retry was deferred; null if the retry is paid for, or costs nothing. */
    @Nullable
    ErrorKind deferred;

    /** What happened in the call; null until it has ended. */
    @Nullable
    History history;

    Resumption(boolean defers) {
        this.defers = defers;
    }

    /** Defers the retry of an error that the budget has rejected; returns whether this call does that. */
    boolean defer(ErrorKind kind) {
        if (defers) {
            deferred = kind;
        }
        return defers;
    }
}
