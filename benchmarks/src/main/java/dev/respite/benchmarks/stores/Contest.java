package dev.respite.benchmarks.stores;

import java.util.List;

/**
 * What Respite does, and what it is measured against.
 *
 * @param operation what is done
 * @param respite how Respite does it
 * @param floors the least that would have to be done
 */
record Contest(String operation, Task respite, List<Floor> floors) {

    /**
     * The least that would have to be done.
     *
     * @param label what it is
     * @param task how it is done
     */
    record Floor(String label, Task task) {}
}
