package dev.respite.torture.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The stores that can be tested. */
public enum StoreKind {
    POSTGRES {
        @Override
        public Stores start(Path home, Optional<Path> installed) throws IOException, InterruptedException {
            DatabaseServer server =
                    installed.isPresent() ? InstalledPostgres.start(installed.get(), home) : PostgresServer.start(home);
            return new Stores(server, List.of(server));
        }
    },
    H2 {
        @Override
        public Stores start(Path home, Optional<Path> installed) throws IOException {
            H2Server server = H2Server.start(home);
            return new Stores(server, List.of(server));
        }
    },
    MARIADB {
        @Override
        public Stores start(Path home, Optional<Path> installed) throws IOException, InterruptedException {
            MariaDbServer server = MariaDbServer.start(home, installed);
            return new Stores(server, List.of(server));
        }
    },
    /** Only the record is in Redis; the bank is in H2. */
    REDIS {
        @Override
        public Stores start(Path home, Optional<Path> installed) throws IOException {
            RedisServer records = RedisServer.start(home, installed);
            H2Server bank = H2Server.start(home);
            return new Stores(bank, List.of(records, bank));
        }
    };

    /**
     * Starts the stores.
     *
     * @param home the directory for data and logs
     * @param installed the installed server that replaces the one of the build
     */
    public abstract Stores start(Path home, Optional<Path> installed) throws IOException, InterruptedException;

    /** Returns whether the store is a database, in which effect and record can be one transaction. */
    public boolean isDatabase() {
        return this != REDIS;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The stores of a run.
     *
     * @param bank the store of the bank
     * @param all all stores, in the order of a worker's arguments
     */
    public record Stores(DatabaseServer bank, List<StoreServer> all) {}
}
