package dev.respite.torture.run;

import dev.respite.torture.cluster.FaultPlan;
import dev.respite.torture.cluster.RunDeadline;
import dev.respite.torture.cluster.WorkerFleet;
import dev.respite.torture.cluster.WorkerHandle.Program;
import dev.respite.torture.run.Bank.LedgerSnapshot;
import java.io.Closeable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** A mode of the torture: the program of the workers, the load of the clients, and the check at the end. */
public interface Workload extends Closeable {

    /**
     * The time for everything but the load.
     *
     * @param startAndEnd the limit; what the start does not use of it is available to the end
     * @param end the part of it for the work after the drain
     * @param minDrain the least time for the drain
     */
    record Limits(Duration startAndEnd, Duration end, Duration minDrain) {}

    /** Returns the time for everything but the load. */
    Limits limits();

    /** Returns the faults of the run. */
    FaultPlan faults();

    /** Creates the tables that the bank does not create. */
    void createTables(Connection connection) throws SQLException, IOException;

    /**
     * Returns the program of a worker.
     *
     * @param index the index of the worker
     * @param urls the URLs of the stores, through its proxies
     */
    Program program(int index, List<String> urls);

    /**
     * Starts the clients.
     *
     * @param load the time at which clients stop to create work
     * @param drain the time at which they stop to send it
     */
    void start(WorkerFleet fleet, RunDeadline load, RunDeadline drain);

    /** Describes the load so far. */
    String progress();

    /** Waits until all work has ended, after the faults. */
    void finish(WorkerFleet fleet, RunDeadline drain) throws IOException, InterruptedException, SQLException;

    /**
     * Compares the responses of the workers with the stored data.
     *
     * @param bank the database of the bank, after all workers were killed and the database was restarted
     * @param before the ledger before the run
     */
    Findings check(Connection bank, LedgerSnapshot before) throws SQLException;

    /** Closes everything that is used until the check. */
    @Override
    default void close() throws IOException {}
}
