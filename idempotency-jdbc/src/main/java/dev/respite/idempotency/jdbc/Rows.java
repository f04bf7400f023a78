package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Fingerprint;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.Ownership;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StorageKey;
import dev.respite.idempotency.StoredResponse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads rows.
 *
 * @param dialect the database that they come from
 */
record Rows(Dialect dialect) {

    Instant now(ResultSet row) throws SQLException {
        return dialect.time(row, "now").orElseThrow();
    }

    /** The record of a row; nothing where its columns are null. */
    Optional<IdempotencyRecord> record(ResultSet row) throws SQLException {
        if (row.getString("storage_key") == null) {
            return Optional.empty();
        }
        return Optional.of(
                record(row, Optional.ofNullable(row.getBytes("response")).map(StoredResponse::fromBytes)));
    }

    /** The record of a row that lacks the response. */
    IdempotencyRecord record(ResultSet row, Optional<StoredResponse> response) throws SQLException {
        StorageKey key = new StorageKey(row.getString("storage_key"), row.getString("scope_hash"));
        Ownership ownership = new Ownership(key, row.getLong("fence"), row.getString("owner"));
        IdempotencyRecord.Times times = new IdempotencyRecord.Times(
                dialect.time(row, "lease_until").orElseThrow(),
                dialect.time(row, "expires_at").orElseThrow(),
                dialect.time(row, "key_time"));
        try {
            return new IdempotencyRecord(
                    ownership,
                    State.valueOf(row.getString("state")),
                    Fingerprint.parse(row.getString("fingerprint")),
                    row.getInt("claims"),
                    times,
                    response);
        } catch (IllegalArgumentException unknown) {
            throw SqlFailures.unavailable("a newer Respite has written a record; upgrade this node", unknown);
        }
    }
}
