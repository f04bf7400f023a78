package consumer;

import dev.respite.idempotency.*;
import dev.respite.idempotency.redis.*;
import dev.respite.idempotency.store.*;
import io.lettuce.core.*;
import java.net.URI;
import org.slf4j.LoggerFactory;

/** Prints: Executed */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        RedisClient client = RedisClient.create(redis().toString());
        // snippet docs/idempotency-stores.md
        try (RedisIdempotencyStore store = RedisIdempotencyStore.of(client).requireDurable()) {
            ExternalIdempotency idempotency = ExternalIdempotency.of(store);
            IdempotentCall call = IdempotentCall.of(
                    Scope.of("alice"), "POST /payments", IdempotencyKey.of("8e03978e-40d5-43dd-bc93-6894a57f9324"),
                    Fingerprint.of("1", "100 EUR to bob".getBytes()));
            IdempotentResult result = idempotency.execute(call, execution -> StoredResponse.of("paid"));
            System.out.println(result.getClass().getSimpleName());
        }
        client.shutdown();
        // end
        log();
    }

    /** Prints: INFO consumer - logged */
    private static void log() {
        // By the provider of this program: another version of the API would find none, and drop the line.
        LoggerFactory.getLogger("consumer").info("logged");
    }

    private static URI redis() {
        return URI.create(System.getProperty("redis"));
    }
}
