package dev.respite.cli.keys;

import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.store.ListOptions.Listing;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.util.List;

/** The printed fields of records. The body of a response is not among them. */
final class KeyFields {

    private KeyFields() {}

    static Json of(IdempotencyRecord record) {
        return Json.object()
                .put("key", record.key().value())
                .put("state", record.state().name())
                .put("owner", record.ownerToken().owner())
                .put("fence", record.ownerToken().fence())
                .put("claims", record.claims())
                .put("fingerprint", record.fingerprint())
                .put("leaseUntil", record.times().leaseUntil())
                .put("expiresAt", record.times().expiresAt())
                .put("keyTime", record.times().keyTime())
                .put("status", record.response().map(StoredResponse::status));
    }

    /** Returns the number of all records in a state, and the records of one page. */
    static Listing listing(State state, long count, List<IdempotencyRecord> page) {
        List<Json> records = page.stream().map(KeyFields::of).toList();
        return new Listing(
                Json.object().put("state", state.name()).put("count", count).put("records", records),
                TextFormat.count(count) + (count == 1 ? " record is " : " records are ") + state,
                records,
                List.of("key", "state", "leaseUntil", "keyTime", "claims"));
    }
}
