package dev.respite.cli;

import dev.respite.http.RequestFacts;
import dev.respite.policy.Explanation.Warning;
import dev.respite.policy.RetryPolicy;
import java.util.List;

/** The warning that a request cannot be retried as its policy would have it. */
final class UnsafeMethod {

    static final String CODE = "unsafe-without-key";

    private UnsafeMethod() {}

    static List<Warning> warnings(String method, boolean keyed, RetryPolicy policy) {
        boolean retried = policy.limits().maxAttempts() > 1;
        if (!retried || keyed || RequestFacts.isIdempotent(method)) {
            return List.of();
        }
        return List.of(new Warning(
                CODE,
                method + " may take effect twice, and carries no idempotency key: it is retried only if certainly"
                        + " nothing was sent; where the server honours keys, send one"));
    }
}
