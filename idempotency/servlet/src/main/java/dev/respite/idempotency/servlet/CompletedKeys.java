package dev.respite.idempotency.servlet;

import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.HttpHead;
import dev.respite.idempotency.store.StoredResponse;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of the last requests whose results are recorded, each with its operation.
 *
 * <p>It has no principals: it is read before the authentication. Safe for use by any number of threads.
 */
final class CompletedKeys {

    /** A longer key is not kept, which limits the memory. */
    static final int MAX_LENGTH = 512;

    private final int maxKeys;
    private final Set<String> names = new LinkedHashSet<>();

    /** Creates an empty set, which removes the oldest key above the maximum. */
    CompletedKeys(int maxKeys) {
        this.maxKeys = maxKeys;
    }

    boolean contains(HttpHead head, List<String> keyLines) {
        if (maxKeys == 0 || keyLines.size() != 1) {
            return false;
        }
        String name = name(head, keyLines);
        synchronized (names) {
            return names.contains(name);
        }
    }

    /** Returns a request with one key, which is added if the request gets a recorded result. */
    Pending pending(HttpHead head, List<String> keyLines) {
        return new Pending(name(head, keyLines));
    }

    private static String name(HttpHead head, List<String> keyLines) {
        return head.operation() + "\n" + keyLines.get(0);
    }

    private void add(String name) {
        if (maxKeys == 0 || name.length() > MAX_LENGTH) {
            return;
        }
        synchronized (names) {
            if (names.add(name) && names.size() > maxKeys) {
                Iterator<String> oldest = names.iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }

    /** A request until it has its response, on any thread. It keeps nothing of the container. */
    final class Pending {

        private final String name;
        private volatile boolean hasRun;

        private Pending(String name) {
            this.name = name;
        }

        void onRun() {
            hasRun = true;
        }

        /** A rejection, such as a 409 for a key in progress, is neither the result of a run nor a replay. */
        StoredResponse onReply(StoredResponse reply) {
            if (reply.isResult() && (hasRun || reply.headers().containsKey(HttpGuard.REPLAYED_HEADER))) {
                add(name);
            }
            return reply;
        }
    }
}
