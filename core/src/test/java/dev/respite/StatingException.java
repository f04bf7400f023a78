package dev.respite;

import dev.respite.failure.FailureFact;
import dev.respite.failure.FailureFacts;
import java.util.List;

/** A failure with the given facts. */
public final class StatingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<FailureFact> facts;

    StatingException(FailureFact... facts) {
        this.facts = List.of(facts);
    }

    /** Reads it. */
    public static final class Reader implements FailureFacts {
        @Override
        public List<FailureFact> of(Throwable failure) {
            return failure instanceof StatingException stating ? stating.facts : List.of();
        }
    }
}
