package dev.respite.cli.records;

import dev.respite.cli.console.Json;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.StoredResponse;

/** The printed fields of records. The body of a response is not among them. */
final class KeyFields {

    private KeyFields() {}

    static Json of(IdempotencyRecord record) {
        return Json.object()
                .put("key", record.key().value())
                .put("state", record.state().name())
                .put("operation", record.ownerToken().operation())
                .put("claimedAt", record.ownerToken().claimedAt())
                .put("owner", record.ownerToken().owner())
                .put("fence", record.ownerToken().fence())
                .put("claims", record.claims())
                .put("fingerprint", record.fingerprint())
                .put("leaseUntil", record.times().leaseUntil())
                .put("expiresAt", record.times().expiresAt())
                .put("keyTime", record.times().keyTime())
                .put("status", record.response().map(StoredResponse::status));
    }
}
