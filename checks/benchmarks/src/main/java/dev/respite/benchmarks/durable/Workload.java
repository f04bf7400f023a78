package dev.respite.benchmarks.durable;

/** The work of a task, once in a slice. */
enum Workload {
    /** Nothing: its row is removed. */
    SUCCEEDS("succeeds"),
    /** It fails: its row is due again much later. */
    FAILS("fails"),
    /** It adds a row to a ledger of the same database. */
    EFFECT("has an effect");

    private final String label;

    Workload(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
