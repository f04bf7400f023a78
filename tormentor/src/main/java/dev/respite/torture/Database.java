package dev.respite.torture;

/** A store that the bank can be in. */
interface Database extends Server {

    /** Where the SQL of its tables is. */
    String dialect();
}
