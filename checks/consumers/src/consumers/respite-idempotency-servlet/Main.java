package consumer;

import dev.respite.idempotency.*;
import dev.respite.idempotency.http.*;
import dev.respite.idempotency.servlet.*;
import dev.respite.idempotency.store.*;
import jakarta.servlet.*;
import jakarta.servlet.http.*;

/** Prints: IdempotencyFilter */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/idempotency.md
        HttpGuard<Execution> guard = HttpGuard.of(ExternalIdempotency.of(InMemoryIdempotencyStore.create()))
                .withKeyRequirement(KeyRequirement.requiredFor("POST"));
        IdempotencyFilter filter = IdempotencyFilter.of(guard)
                .withReplayAuthorizer((request, record) -> !request.isUserInRole("suspended"));   // checked before each replay
        // end
        System.out.println(filter);
    }
}
