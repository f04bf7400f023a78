package dev.respite.benchmarks.stores;

/** An operation that each of some threads repeats. */
@FunctionalInterface
interface Task {

    /** One run of the operation, which is measured. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /**
     * Prepares a run: the key and the request of a client. The preparation is not measured.
     *
     * @param worker the number of the thread, from 0
     * @return the run
     */
    Step next(int worker);
}
