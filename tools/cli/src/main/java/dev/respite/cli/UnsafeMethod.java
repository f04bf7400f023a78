package dev.respite.cli;

import dev.respite.http.exchange.RequestFacts;
import dev.respite.policy.Explanation.Warning;
import dev.respite.policy.RetryPolicy;
import java.util.List;

/** The warning for requests that are retried less often than the policy permits. */
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
                method
                        + " requests can take effect twice and carry no idempotency key: they are retried only if certainly"
                        + " nothing was sent; if the server honours keys, send one"));
    }
}
