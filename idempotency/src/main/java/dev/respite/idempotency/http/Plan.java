package dev.respite.idempotency.http;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.StoredResponse;

/** What is to be done about a request, as far as its head says. */
public sealed interface Plan permits Plan.Pass, Plan.Refuse, Plan.Keyed {

    /** It is none of ours: let it through. */
    record Pass() implements Plan {}

    /**
     * It is refused.
     *
     * @param reply what to answer
     */
    record Refuse(StoredResponse reply) implements Plan {}

    /**
     * It has a key. Read its body, no further than the limit, and go on.
     *
     * @param scope whose key it is
     * @param key the key
     */
    record Keyed(Scope scope, IdempotencyKey key) implements Plan {}
}
