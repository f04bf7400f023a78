package dev.respite.benchmarks.durable;

import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;

/** A library that runs due tasks. Every contender has the same pool, the same number of threads and the same polling. */
interface Contender {

    /** Returns its name in the table. */
    String label();

    /** Returns the table of the database that has its tasks. */
    String table();

    /** Inserts tasks that are due. */
    void load(int tasks) throws SQLException;

    /** Starts to run tasks. Each of them counts down. */
    AutoCloseable start(CountDownLatch left);
}
