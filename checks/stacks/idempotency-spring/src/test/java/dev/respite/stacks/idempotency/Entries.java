package dev.respite.stacks.idempotency;

/** The table in which each handler records its effect. */
interface Entries {

    /**
     * Writes down that something was done.
     *
     * @param item what
     * @return its number
     */
    long add(String item);
}
