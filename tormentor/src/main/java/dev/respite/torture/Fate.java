package dev.respite.torture;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What clients were told of one transfer. Safe for use by any number of threads. */
final class Fate {

    private final Transfer transfer;
    private final String key;
    private final AtomicReference<@Nullable Told> first = new AtomicReference<>();
    private final AtomicReference<Ending> ending = new AtomicReference<>(Ending.OPEN);
    private final AtomicInteger differing = new AtomicInteger();

    /** How far it got. What stands further down is final, and outdoes what stands above it. */
    enum Ending {
        /** Nobody has got a definite answer. */
        OPEN,
        /** Nobody can tell whether it was done; mode B only. */
        UNKNOWN,
        /** It was done. */
        DONE,
        /** It was refused for good, which must not be: all can be paid. */
        REFUSED
    }

    Fate(Transfer transfer, String key) {
        this.transfer = transfer;
        this.key = key;
    }

    Transfer transfer() {
        return transfer;
    }

    /** The key, as it is sent. */
    String key() {
        return key;
    }

    /** The first success counts; each later one is compared with it. */
    void done(Told told) {
        if (!first.compareAndSet(null, told) && !told.equals(first.get())) {
            differing.incrementAndGet();
        }
        become(Ending.DONE);
    }

    void unknown() {
        become(Ending.UNKNOWN);
    }

    void refused() {
        become(Ending.REFUSED);
    }

    private void become(Ending news) {
        ending.accumulateAndGet(news, (now, then) -> now.compareTo(then) > 0 ? now : then);
    }

    Ending ending() {
        return ending.get();
    }

    /** Whether somebody has got a definite answer. */
    boolean isSettled() {
        return ending() != Ending.OPEN;
    }

    /** How many successes were told that are not the first one. */
    int differing() {
        return differing.get();
    }
}
