package dev.respite.idempotency;

import java.util.Set;

/** Which responses are results, and are told again. */
public final class Storable {

    /** They say something of the caller or the moment, not of what was asked for. */
    private static final Set<Integer> NEVER = Set.of(401, 403, 408, 425, 429);

    private Storable() {}

    /**
     * Whether a response is a result. Not a result is 5xx, which may be otherwise the next time, and 401, 403, 408, 425 and
     * 429, which say nothing of what was asked for.
     *
     * @param response the response
     * @return whether it is recorded and told again
     */
    public static boolean isResult(StoredResponse response) {
        return response.status() < 500 && !NEVER.contains(response.status());
    }
}
