package dev.respite.torture;

import dev.respite.torture.run.TransferOrder;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The outcome of one transfer, as its clients saw it. Thread-safe. */
final class TransferOutcome {

    private final TransferOrder transfer;
    private final String key;
    private final AtomicReference<@Nullable ClientResponse> first = new AtomicReference<>();
    private final AtomicReference<Status> status = new AtomicReference<>(Status.PENDING);
    private final AtomicInteger differingResponses = new AtomicInteger();

    /** The status of a transfer. A status is never replaced by one that is declared before it. */
    enum Status {
        /** No client has received a definite response. */
        PENDING,
        /**
         * A client received a 409 with {@code outcome-unknown}. In the transactional mode, only for transfers that commit by
         * themselves.
         */
        UNKNOWN,
        /** A client received a success. */
        SUCCEEDED,
        /** A client received a final rejection. This is a fault: every transfer can be paid. */
        REJECTED
    }

    TransferOutcome(TransferOrder transfer, String key) {
        this.transfer = transfer;
        this.key = key;
    }

    TransferOrder transfer() {
        return transfer;
    }

    /** Returns the idempotency key, without the quotes of the header. */
    String key() {
        return key;
    }

    /** Records a success. The first one is kept, and every later one is compared with it. */
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
        status.accumulateAndGet(next, (current, given) -> current.compareTo(given) > 0 ? current : given);
    }

    Status status() {
        return status.get();
    }

    /** Returns whether a client has received a definite response. */
    boolean isDefinite() {
        return status() != Status.PENDING;
    }

    /** Returns the number of successes that differ from the first one. */
    int differingResponses() {
        return differingResponses.get();
    }
}
