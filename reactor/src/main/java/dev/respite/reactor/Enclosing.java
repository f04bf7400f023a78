package dev.respite.reactor;

import dev.respite.NestedRetries;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Carries the knowledge of enclosing calls down a chain of operators. The core finds them by thread; here an attempt puts
 * them into the context that its source sees, and a call that begins anywhere in that source begins as if on the thread on
 * which the attempt did.
 */
final class Enclosing {

    /** The core carries a task that is known when the knowledge is taken. Ours comes later, and is handed in here. */
    private final Map<Thread, Runnable> held = new ConcurrentHashMap<>();

    private final Runnable runHeld = NestedRetries.propagate(this::runHeld);

    private Enclosing() {}

    /** The context for the source of an attempt that begins on this thread. */
    static Context put(Context context) {
        return context.put(Enclosing.class, new Enclosing());
    }

    /** Runs what begins a call for a subscriber that has this context. */
    static void run(ContextView context, Runnable task) {
        @Nullable Enclosing enclosing = context.getOrDefault(Enclosing.class, null);
        if (enclosing == null) {
            task.run();
        } else {
            enclosing.held.put(Thread.currentThread(), task);
            enclosing.runHeld.run();
        }
    }

    private void runHeld() {
        Objects.requireNonNull(held.remove(Thread.currentThread())).run();
    }
}
