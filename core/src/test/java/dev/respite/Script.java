package dev.respite;

import dev.respite.outcome.Attempt;
import java.util.ArrayList;
import java.util.List;

/**
 * An operation that plays a list of outcomes, a throwable as a failure; when it comes to its end it plays the last again. It is
 * a simple one, so that {@link Retry#call} throws nothing that is checked, and nevertheless records its attempts. A {@link
 * Runnable} runs before the outcome that follows it.
 */
final class Script implements Operation.Simple<Object, RuntimeException> {

    final List<Attempt> attempts = new ArrayList<>();
    private final List<?> outcomes;
    private int played;

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
        Object outcome = next();
        attempts.add(attempt);
        if (outcome instanceof Runnable before) {
            before.run();
            outcome = next();
        }
        if (outcome instanceof Throwable error) {
            throw SneakyThrow.raise(error);
        }
        return outcome;
    }

    private Object next() {
        return outcomes.get(Math.min(played++, outcomes.size() - 1));
    }

    int ran() {
        return attempts.size();
    }
}
