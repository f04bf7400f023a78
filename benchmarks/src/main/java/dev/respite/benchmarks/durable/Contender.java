package dev.respite.benchmarks.durable;

import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;

/** Who runs tasks that are due. Every contender has the same pool, the same number of threads and the same polling. */
interface Contender {

    /** What the table calls it. */
    String label();

    /** The table in which its tasks are. */
    String table();

    /** Inserts tasks that are due. */
    void load(int tasks) throws SQLException;

    /** Starts to run them, each of which counts down. */
    AutoCloseable start(CountDownLatch left);
}
