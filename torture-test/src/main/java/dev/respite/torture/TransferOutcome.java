package dev.respite.torture;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What clients were told of one transfer. Safe for use by any number of threads. */
final class TransferOutcome {

    private final Transfer transfer;
    private final String key;
    private final AtomicReference<@Nullable ClientResponse> first = new AtomicReference<>();
    private final AtomicReference<Status> status = new AtomicReference<>(Status.PENDING);
    private final AtomicInteger differingResponses = new AtomicInteger();

    /** How far it got. What stands further down is final, and outdoes what stands above it. */
    enum Status {
        /** Nobody has got a definite answer. */
        PENDING,
        /** Nobody can tell whether it was done; mode B only. */
        UNKNOWN,
        /** It was done. */
        SUCCEEDED,
        /** It was refused for good, which must not be: all can be paid. */
        REJECTED
    }

    TransferOutcome(Transfer transfer, String key) {
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
    void recordSuccess(ClientResponse response) {
        if (!first.compareAndSet(null, response) && !response.equals(first.get())) {
            differingResponses.incrementAndGet();
        }
        advanceTo(Status.SUCCEEDED);
    }

    void recordUnknown() {
        advanceTo(Status.UNKNOWN);
    }

    void recordRejection() {
        advanceTo(Status.REJECTED);
    }

    private void advanceTo(Status next) {
        status.accumulateAndGet(next, (now, then) -> now.compareTo(then) > 0 ? now : then);
    }

    Status status() {
        return status.get();
    }

    /** Whether somebody has got a definite answer. */
    boolean isDefinite() {
        return status() != Status.PENDING;
    }

    /** How many successes were told that are not the first one. */
    int differingResponses() {
        return differingResponses.get();
    }
}
