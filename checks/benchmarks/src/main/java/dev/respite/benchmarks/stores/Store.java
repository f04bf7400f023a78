package dev.respite.benchmarks.stores;

import java.util.List;

/** The stores that are measured. */
enum Store {
    MEMORY("in memory") {
        @Override
        Rig start(List<StoreCalls> calls) {
            return new MemoryRig(calls);
        }
    },
    POSTGRESQL("PostgreSQL") {
        @Override
        Rig start(List<StoreCalls> calls) throws Exception {
            return new JdbcRig(Database.postgresql(), calls);
        }
    },
    H2_FILE("H2 file") {
        @Override
        Rig start(List<StoreCalls> calls) throws Exception {
            return new JdbcRig(Database.h2File(), calls);
        }
    },
    H2_SERVER("H2 server") {
        @Override
        Rig start(List<StoreCalls> calls) throws Exception {
            return new JdbcRig(Database.h2Server(), calls);
        }
    },
    REDIS("Redis") {
        @Override
        Rig start(List<StoreCalls> calls) throws Exception {
            return new RedisRig(calls);
        }
    };

    private final String label;

    Store(String label) {
        this.label = label;
    }

    /** Starts it, with a response stored for each done request of the clients. */
    abstract Rig start(List<StoreCalls> calls) throws Exception;

    @Override
    public String toString() {
        return label;
    }
}
