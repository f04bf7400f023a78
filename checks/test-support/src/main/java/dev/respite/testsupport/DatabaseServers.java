package dev.respite.testsupport;

import org.opentest4j.TestAbortedException;

/** The servers of databases that tests start as processes. PIT kills the processes of tests, which would leave the servers running. */
public final class DatabaseServers {

    private DatabaseServers() {}

    /** Returns whether tests may start servers: without the system property {@code respite.test.servers=off}. */
    public static boolean arePermitted() {
        return !"off".equals(System.getProperty("respite.test.servers"));
    }

    /** Aborts the test if it may not start a server. */
    public static void require() {
        if (!arePermitted()) {
            throw new TestAbortedException("it needs the server of a database, and respite.test.servers is off");
        }
    }
}
