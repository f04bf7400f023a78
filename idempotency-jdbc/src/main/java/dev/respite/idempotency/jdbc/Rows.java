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
import java.time.OffsetDateTime;
import java.util.Optional;

/** Reads rows. */
final class Rows {

    private Rows() {}

    static Instant now(ResultSet row) throws SQLException {
        return row.getObject("now", OffsetDateTime.class).toInstant();
    }

    /** The record of a row; nothing where its columns are null. */
    static Optional<IdempotencyRecord> record(ResultSet row) throws SQLException {
        if (row.getString("storage_key") == null) {
            return Optional.empty();
        }
        return Optional.of(
                record(row, Optional.ofNullable(row.getBytes("response")).map(StoredResponse::fromBytes)));
    }

    /** The record of a row that lacks the response. */
    static IdempotencyRecord record(ResultSet row, Optional<StoredResponse> response) throws SQLException {
        StorageKey key = new StorageKey(row.getString("storage_key"), row.getString("scope_hash"));
        Ownership ownership = new Ownership(key, row.getLong("fence"), row.getString("owner"));
        IdempotencyRecord.Times times = new IdempotencyRecord.Times(
                time(row, "lease_until").orElseThrow(), time(row, "expires_at").orElseThrow(), time(row, "key_time"));
        return new IdempotencyRecord(
                ownership,
                State.valueOf(row.getString("state")),
                Fingerprint.parse(row.getString("fingerprint")),
                row.getInt("claims"),
                times,
                response);
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
