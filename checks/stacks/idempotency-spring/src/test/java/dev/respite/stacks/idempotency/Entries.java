package dev.respite.stacks.idempotency;

/** Where what was done is written down. */
interface Entries {

    /**
     * Writes down that something was done.
     *
     * @param item what
     * @return its number
     */
    long add(String item);
}
