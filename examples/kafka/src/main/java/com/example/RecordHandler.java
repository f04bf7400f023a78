package com.example;

import java.sql.Connection;

/** The work of the application for a record. */
@FunctionalInterface
public interface RecordHandler {

    /**
     * Handles a record in a transaction, in which it must write with the given connection only.
     *
     * @param connection the connection of the transaction
     * @param record the record
     * @param key the idempotency key for requests to other systems: the same in every attempt
     * @throws Exception if the record cannot be handled now; the transaction is rolled back
     */
    void handle(Connection connection, Received record, String key) throws Exception;
}
