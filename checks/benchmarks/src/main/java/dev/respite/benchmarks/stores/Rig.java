package dev.respite.benchmarks.stores;

import java.util.List;

/** A store that runs, with the operations to measure in it. */
interface Rig extends AutoCloseable {

    /** The number of keys that each thread has completed before, for replays. */
    int DONE = 64;

    /** A text of the size of the response to a payment. */
    String RECEIPT = "{\"payment\":\"8e03978e-40d5-43dd-bc93-6894a57f9324\",\"status\":\"booked\",\"amount\":100}";

    List<Contest> contests();
}
