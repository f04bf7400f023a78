package dev.respite.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The stores that can be tested. */
enum StoreKind {
    POSTGRES(Mode.TRANSACTIONAL) {
        @Override
        Stores start(Path home, Optional<Path> installed) throws IOException, InterruptedException {
            DatabaseServer server =
                    installed.isPresent() ? InstalledPostgres.start(installed.get(), home) : PostgresServer.start(home);
            return new Stores(server, List.of(server));
        }
    },
    H2(Mode.TRANSACTIONAL) {
        @Override
        Stores start(Path home, Optional<Path> installed) throws IOException {
            H2Server server = H2Server.start(home);
            return new Stores(server, List.of(server));
        }
    },
    MARIADB(Mode.TRANSACTIONAL) {
        @Override
        Stores start(Path home, Optional<Path> installed) throws IOException, InterruptedException {
            MariaDbServer server = MariaDbServer.start(home, installed);
            return new Stores(server, List.of(server));
        }
    },
    /** Only the record is in Redis; the bank is in H2. */
    REDIS(Mode.EXTERNAL) {
        @Override
        Stores start(Path home, Optional<Path> installed) throws IOException {
            RedisServer records = RedisServer.start(home, installed);
            H2Server bank = H2Server.start(home);
            return new Stores(bank, List.of(records, bank));
        }
    };

    private final Mode mode;

    StoreKind(Mode mode) {
        this.mode = mode;
    }

    /** Returns how effect and record are joined with this store. */
    Mode mode() {
        return mode;
    }

    abstract Stores start(Path home, Optional<Path> installed) throws IOException, InterruptedException;

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
    record Stores(DatabaseServer bank, List<StoreServer> all) {}
}
