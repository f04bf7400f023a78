package dev.respite.benchmarks.stores;

import dev.respite.idempotency.IdempotentCall;

/** An operation that each of some threads repeats. */
@FunctionalInterface
interface Task {

    /**
     * Runs the operation once.
     *
     * @param worker the number of the thread, from 0
     * @param call the request
     * @throws Exception if the operation fails
     */
    void run(int worker, IdempotentCall call) throws Exception;
}
