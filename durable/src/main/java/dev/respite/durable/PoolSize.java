package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import java.util.OptionalInt;
import javax.sql.DataSource;

/** The size of a pool of connections, where its class has it as HikariCP's does. */
final class PoolSize {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    /** For heartbeats, picks, and the end of an attempt. */
    private static final int MORE = 3;

    private PoolSize() {}

    /** Logs a pool whose connections may all be held by effects. Then no heartbeat is written until one of them ends. */
    static void warnIfSmall(DataSource dataSource, int threads) {
        OptionalInt size = of(dataSource);
        if (size.isPresent() && size.getAsInt() <= threads) {
            LOGGER.log(
                    WARNING,
                    "the pool has " + size.getAsInt() + " connections, and effects on " + threads
                            + " threads can hold all of them: heartbeats and picks wait then, and other instances may"
                            + " take over calls that run. Give the pool " + (threads + MORE)
                            + ", or set fewer threads");
        }
    }

    private static OptionalInt of(DataSource dataSource) {
        try {
            Object size = dataSource.getClass().getMethod("getMaximumPoolSize").invoke(dataSource);
            return size instanceof Integer connections && connections > 0
                    ? OptionalInt.of(connections)
                    : OptionalInt.empty();
        } catch (ReflectiveOperationException | RuntimeException unknown) {
            return OptionalInt.empty();
        }
    }
}
