package dev.respite.spring.boot.advice;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The failures on which calls have given up, by identity, as long as anything else refers to them. Their threads do not count: an
 * application may pass a failure from any thread to the thread of its request. Safe for use by any number of threads.
 */
final class FinalFailures {

    private final Map<Key, Boolean> keys = new ConcurrentHashMap<>();
    private final ReferenceQueue<Throwable> collected = new ReferenceQueue<>();

    /** A failure, which is compared by identity: classes of applications may define equality. */
    private static final class Key extends WeakReference<Throwable> {
        private final int hash;

        Key(Throwable failure, @Nullable ReferenceQueue<Throwable> queue) {
            super(failure, queue);
            this.hash = System.identityHashCode(failure);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) {
                return true;
            }
            @Nullable Throwable failure = get();
            return failure != null && other instanceof Key key && key.refersTo(failure);
        }
    }

    void add(Throwable failure) {
        for (@Nullable Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
            keys.remove(gone);
        }
        keys.put(new Key(failure, collected), true);
    }

    boolean contains(Throwable failure) {
        return !keys.isEmpty() && keys.containsKey(new Key(failure, null));
    }
}
