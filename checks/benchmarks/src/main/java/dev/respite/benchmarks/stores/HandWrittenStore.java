package dev.respite.benchmarks.stores;

import dev.respite.idempotency.IdempotentCall;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The necessary statements, and no others: without any protection, a repeated request would be executed twice. */
final class HandWrittenStore {

    private static final String INSERT = "INSERT INTO floor_record (storage_key, scope_hash, state, fence, owner,"
            + " fingerprint, claims, lease_until, expires_at) VALUES (?, ?, 'STARTED', 1, ?, ?, 1, CURRENT_TIMESTAMP,"
            + " CURRENT_TIMESTAMP)";

    private static final String UPDATE =
            "UPDATE floor_record SET state = 'DONE', response = ?, expires_at = CURRENT_TIMESTAMP WHERE storage_key = ?";

    private static final String SELECT = "SELECT * FROM floor_record WHERE storage_key = ?";

    private static final String HASH = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";

    private final DataSource dataSource;

    HandWrittenStore(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    void execute(int worker, IdempotentCall call) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            insert(connection, call);
        }
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Payment.on(connection, worker, call.key().value());
            update(connection, call);
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    void select(IdempotentCall call) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setString(1, call.key().value());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next() || row.getBytes("response") == null) {
                    throw new IllegalStateException("the record is not there");
                }
            }
        }
    }

    private static void insert(Connection connection, IdempotentCall call) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, call.key().value());
            insert.setString(2, HASH);
            insert.setString(3, "0e1b2c3d-40d5-43dd-bc93-6894a57f9324-1");
            insert.setString(4, "1:" + HASH);
            insert.executeUpdate();
        }
    }

    private static void update(Connection connection, IdempotentCall call) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setBytes(1, Rig.RECEIPT.getBytes(StandardCharsets.UTF_8));
            update.setString(2, call.key().value());
            if (update.executeUpdate() != 1) {
                throw new IllegalStateException("the record is not there");
            }
        }
    }
}
