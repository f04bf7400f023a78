package dev.respite.benchmarks.stores;

import java.util.List;

/** The stores that are measured. */
enum Store {
    POSTGRESQL("PostgreSQL"),
    H2_FILE("H2 file"),
    H2_SERVER("H2 server"),
    REDIS("Redis");

    private final String label;

    Store(String label) {
        this.label = label;
    }

    /** Starts it, with a response stored for each done request of the clients. */
    Rig start(List<StoreCalls> calls) throws Exception {
        return switch (this) {
            case POSTGRESQL -> new JdbcRig(Database.postgresql(), calls);
            case H2_FILE -> new JdbcRig(Database.h2File(), calls);
            case H2_SERVER -> new JdbcRig(Database.h2Server(), calls);
            case REDIS -> new RedisRig(calls);
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
