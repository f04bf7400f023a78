package dev.respite.idempotency;

import dev.respite.idempotency.store.StoredResponse;
import java.util.Set;

/** The statuses of responses that are recorded and replayed. */
public final class ResultStatuses {

    /** They concern the caller or the moment, not the request. */
    private static final Set<Integer> NEVER = Set.of(401, 403, 408, 425, 429);

    private ResultStatuses() {}

    /**
     * Returns whether a response is a result. Responses with 5xx are not, because a further call may succeed. Responses with
     * 401, 403, 408, 425 and 429 are not, because they do not depend on the request.
     *
     * @param response the response
     * @return whether it is recorded and replayed
     */
    public static boolean isResult(StoredResponse response) {
        return response.status() < 500 && !NEVER.contains(response.status());
    }
}
