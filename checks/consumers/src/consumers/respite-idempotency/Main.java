package consumer;

import dev.respite.idempotency.*;
import dev.respite.idempotency.store.*;
import java.util.UUID;

/** Prints: Replayed */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/idempotency.md
        IdempotencyStore store = InMemoryIdempotencyStore.create();
        Idempotency<Execution> idempotency = ExternalIdempotency.of(store);

        IdempotentCall call = IdempotentCall.of(
                Scope.of("alice"),                                     // the owner of the key: the authenticated principal
                "POST /payments",                                      // the operation
                IdempotencyKey.of("8e03978e-40d5-43dd-bc93-6894a57f9324"),
                Fingerprint.of("1", "100 EUR to bob".getBytes()));     // the request

        for (int i = 0; i < 2; i++) {
            IdempotentResult result = idempotency.execute(call, execution -> StoredResponse.of("payment " + UUID.randomUUID()));
            System.out.println(result.getClass().getSimpleName());
        }
        // end
    }
}
