package dev.respite.durable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The row of a call that is being run: its identity, and the version that shows whether it was taken over.
 *
 * @param task the name of the task
 * @param id the id of the call
 * @param version the version of the row when it was picked
 */
record CallRow(String task, String id, long version) {

    /**
     * Removes the row in the transaction of the connection.
     *
     * @throws LostRowException if it has another version, or is gone
     */
    void remove(Connection connection, DurableTables tables) throws SQLException {
        String delete = "DELETE FROM " + tables.tasks() + " WHERE task_name = ? AND task_instance = ? AND version = ?";
        try (PreparedStatement statement = connection.prepareStatement(delete)) {
            statement.setString(1, task);
            statement.setString(2, id);
            statement.setLong(3, version);
            if (statement.executeUpdate() != 1) {
                throw new LostRowException("call '" + id + "' of task '" + task
                        + "' was taken over by another instance, or has ended there, while this one ran an attempt");
            }
        }
    }
}
