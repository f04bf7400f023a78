package dev.respite.reactor;

import dev.respite.NestedRetries;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Carries the enclosing calls down a chain of operators, in the context of subscribers. The core finds enclosing calls by thread.
 * A call that begins anywhere in the source of an attempt has the calls that enclose the attempt.
 */
final class Enclosing {

    private Enclosing() {}

    /** Returns the context for the source of an attempt that begins on this thread. */
    static Context put(Context context) {
        return context.put(Enclosing.class, NestedRetries.enclosing());
    }

    /** Runs a task that begins a call for a subscriber with this context. */
    static void run(ContextView context, Runnable task) {
        NestedRetries.@Nullable Enclosing enclosing = context.getOrDefault(Enclosing.class, null);
        if (enclosing == null) {
            task.run();
            return;
        }
        NestedRetries.Enclosing before = enclosing.enter();
        try {
            task.run();
        } finally {
            var unused = before.enter();
        }
    }
}
