package dev.respite.torture.store;

/** A store that can contain the bank's tables. */
public interface DatabaseServer extends StoreServer {

    /** Returns the name of the directory that contains the SQL of the record table. */
    String dialect();
}
