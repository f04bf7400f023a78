package dev.respite.torture;

/** A store that the bank can be in. */
interface DatabaseServer extends StoreServer {

    /** Where the SQL of its tables is. */
    String dialect();
}
