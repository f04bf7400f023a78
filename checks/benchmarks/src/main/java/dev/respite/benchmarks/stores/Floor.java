package dev.respite.benchmarks.stores;

/**
 * The necessary work of an operation, which Respite is compared with.
 *
 * @param label its name in the table
 * @param task the work
 */
record Floor(String label, Task task) {}
