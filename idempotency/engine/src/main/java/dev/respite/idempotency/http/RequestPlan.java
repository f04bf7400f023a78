package dev.respite.idempotency.http;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.StoredResponse;

/** The treatment of a request, as far as its head determines it. */
public sealed interface RequestPlan permits RequestPlan.Pass, RequestPlan.Reject, RequestPlan.Keyed {

    /** Keys do not apply to the request: pass it on. */
    record Pass() implements RequestPlan {}

    /**
     * The request is rejected.
     *
     * @param reply the response to send
     */
    record Reject(StoredResponse reply) implements RequestPlan {}

    /**
     * The request has a key. Read its body, up to the limit, and call {@link HttpGuard#handle} or {@link
     * HttpGuard#handleAsync}.
     *
     * @param scope the owner of the key
     * @param key the key
     */
    record Keyed(Scope scope, IdempotencyKey key) implements RequestPlan {}
}
