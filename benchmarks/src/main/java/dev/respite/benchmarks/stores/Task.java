package dev.respite.benchmarks.stores;

/** Something that is done over and over by each of some threads. */
@FunctionalInterface
interface Task {

    /** One doing of it, whose time is taken. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /**
     * Makes ready what the client of a server would have ready: the key, and the request. Its time is not taken.
     *
     * @param worker which thread, from 0
     * @return what is measured
     */
    Step next(int worker);
}
