package dev.respite.benchmarks.stores;

import java.util.List;

/** A store that runs, and what is measured in it. */
interface Rig extends AutoCloseable {

    /** Keys that each thread has had done before: replays are of these. */
    int DONE = 64;

    /** As long as the answer to a payment. */
    String RECEIPT = "{\"payment\":\"8e03978e-40d5-43dd-bc93-6894a57f9324\",\"status\":\"booked\",\"amount\":100}";

    List<Contest> contests();
}
