package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Reads records from the rows of a database. */
record Rows(Dialect dialect) {

    Instant now(ResultSet row) throws SQLException {
        return dialect.time(row, "now").orElseThrow();
    }

    /** Returns the record of a row; empty if its columns are null. */
    Optional<IdempotencyRecord> record(ResultSet row) throws SQLException {
        if (row.getString("storage_key") == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    record(row, Optional.ofNullable(row.getBytes("response")).map(StoredResponse::fromBytes)));
        } catch (IllegalArgumentException damaged) {
            // Others who can write to the table may have written anything.
            throw SqlFailures.unavailable("the record is damaged, and the work did not run", damaged);
        }
    }

    /** Returns the record of a row without the response column. */
    IdempotencyRecord record(ResultSet row, Optional<StoredResponse> response) throws SQLException {
        StorageKey key = new StorageKey(row.getString("storage_key"), row.getString("scope_hash"));
        OwnerToken ownerToken = new OwnerToken(key, row.getLong("fence"), row.getString("owner"));
        IdempotencyRecord.Times times = new IdempotencyRecord.Times(
                dialect.time(row, "lease_until").orElseThrow(),
                dialect.time(row, "expires_at").orElseThrow(),
                dialect.time(row, "key_time"));
        try {
            return new IdempotencyRecord(
                    ownerToken,
                    State.valueOf(row.getString("state")),
                    Fingerprint.parse(row.getString("fingerprint")),
                    row.getInt("claims"),
                    times,
                    response);
        } catch (IllegalArgumentException unknown) {
            throw SqlFailures.unavailable("the record was written by a newer Respite; upgrade this node", unknown);
        }
    }
}
