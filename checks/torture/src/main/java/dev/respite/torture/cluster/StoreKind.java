package dev.respite.torture.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The stores that can be tested. */
public enum StoreKind {
    POSTGRES,
    H2,
    MARIADB,
    /** Only the record is in Redis; the bank is in H2. */
    REDIS;

    /**
     * Starts the stores, in the order of a worker's arguments. The last one is the database of the bank.
     *
     * @param home the directory for data and logs
     * @param installed the installed server that replaces the one of the build
     */
    public List<StoreServer> start(Path home, Optional<Path> installed) throws IOException, InterruptedException {
        return switch (this) {
            case POSTGRES ->
                List.of(StoreServer.start(
                        installed.isPresent()
                                ? PostgresProgram.ofInstalled(installed.get(), home)
                                : PostgresProgram.ofBuild(home)));
            case H2 -> List.of(StoreServer.start(new H2Program(home)));
            case MARIADB -> List.of(StoreServer.start(MariaDbProgram.of(home, installed)));
            case REDIS ->
                List.of(StoreServer.start(RedisProgram.of(home, installed)), StoreServer.start(new H2Program(home)));
        };
    }

    /** Returns whether the store is a database, in which effect and record can be one transaction. */
    public boolean isDatabase() {
        return this != REDIS;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
