package dev.respite.benchmarks.stores;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;

/** A store that runs, with the operations to measure in it. */
interface Rig extends AutoCloseable {

    /** A text of the size of the response to a payment. */
    String RECEIPT = "{\"payment\":\"8e03978e-40d5-43dd-bc93-6894a57f9324\",\"status\":\"booked\",\"amount\":100}";

    /** Sends a request through Respite. */
    IdempotentResult request(Operation operation, int worker, IdempotentCall call) throws Exception;

    /** Returns the necessary work of an operation. */
    Floor floor(Operation operation);
}
