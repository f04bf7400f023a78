package dev.respite.benchmarks.stores;

import java.util.List;

/**
 * An operation of Respite and the floors that it is compared with.
 *
 * @param operation the name of the operation
 * @param respite the operation as Respite runs it
 * @param floors the necessary work of the operation
 */
record Contest(String operation, Task respite, List<Floor> floors) {

    /**
     * The necessary work of an operation.
     *
     * @param label its name in the table
     * @param task the work
     */
    record Floor(String label, Task task) {}
}
