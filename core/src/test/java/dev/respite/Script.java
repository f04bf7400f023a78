package dev.respite;

import dev.respite.policy.Attempt;
import java.util.ArrayList;
import java.util.List;

/**
 * An operation that plays a list of outcomes, a throwable as a failure; when it comes to its end it plays the last again. It is
 * a simple one, so that {@link Retry#call} throws nothing that is checked, and nevertheless records its attempts.
 */
final class Script implements Operation.Simple<Object, RuntimeException> {

    final List<Attempt> attempts = new ArrayList<>();
    private final List<?> outcomes;

    private Script(List<?> outcomes) {
        this.outcomes = outcomes;
    }

    static Script of(Object... outcomes) {
        return new Script(List.of(outcomes));
    }

    @Override
    public Object call() {
        return attempt(Attempt.FIRST);
    }

    @Override
    public Object attempt(Attempt attempt) {
        Object outcome = outcomes.get(Math.min(attempts.size(), outcomes.size() - 1));
        attempts.add(attempt);
        if (outcome instanceof Throwable error) {
            throw Sneaky.raise(error);
        }
        return outcome;
    }

    int ran() {
        return attempts.size();
    }
}
