package dev.respite.benchmarks.stores;

/** The stores that are measured. */
enum Store {
    MEMORY("in memory") {
        @Override
        Rig start(int workers) {
            return new MemoryRig(workers);
        }
    },
    POSTGRESQL("PostgreSQL") {
        @Override
        Rig start(int workers) throws Exception {
            return new JdbcRig(Database.postgresql(), workers);
        }
    },
    H2_FILE("H2 file") {
        @Override
        Rig start(int workers) throws Exception {
            return new JdbcRig(Database.h2File(), workers);
        }
    },
    H2_SERVER("H2 server") {
        @Override
        Rig start(int workers) throws Exception {
            return new JdbcRig(Database.h2Server(), workers);
        }
    },
    REDIS("Redis") {
        @Override
        Rig start(int workers) throws Exception {
            return new RedisRig(workers);
        }
    };

    private final String label;

    Store(String label) {
        this.label = label;
    }

    /** Starts it, for so many threads at most. */
    abstract Rig start(int workers) throws Exception;

    @Override
    public String toString() {
        return label;
    }
}
