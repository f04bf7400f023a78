package dev.respite.idempotency.jdbc;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The limit for the records of each scope, and the places of the scopes that were used last. A scope that is not among them is
 * counted at its next claim. Safe for use by any number of threads.
 */
final class ScopeQuota {

    static final int MAX_SCOPES = 10_000;

    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private final long most;
    private final ReentrantLock lock = new ReentrantLock();

    /** By the time of their last use. */
    private final Map<String, ScopePlaces> scopes = new LinkedHashMap<>(16, 0.75F, true);

    ScopeQuota(long most) {
        this.most = most;
    }

    long most() {
        return most;
    }

    ScopePlaces places(String scope) {
        lock.lock();
        try {
            ScopePlaces places =
                    scopes.computeIfAbsent(scope, name -> new ScopePlaces(most, TimeSource.system(), MAX_WAIT));
            if (scopes.size() > MAX_SCOPES) {
                Iterator<String> eldest = scopes.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
            return places;
        } finally {
            lock.unlock();
        }
    }
}
