package dev.respite.torture;

import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.torture.cluster.RunDeadline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends a transfer until it gets a definite response. It uses Respite's client for one worker; when that gives up, it
 * continues at the next worker with the same key.
 */
final class TransferClient {

    /**
     * No budget, since attempts are cheap and faults are frequent. The attempt timeout is longer than most pauses of a
     * worker: clients that disconnect earlier leave requests in its queue that no client waits for, and lengthen it.
     */
    private static final RetryPolicy POLICY = RetryPolicy.parse(
            "max-attempts=4 base-delay=20ms max-delay=300ms attempt-timeout=3s total-timeout=8s budget=off");

    private static final long PAUSE_MILLIS = 50;

    private final HttpClient client = RetryingHttpClient.of(
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
            Retry.withoutWarnings(POLICY, TimeSource.system()));
    private final List<URI> workers;
    private final boolean unknownIsFinal;

    /**
     * Creates a client.
     *
     * @param workers the URIs of the workers
     * @param unknownIsFinal whether the outcome of every transfer may stay unknown; otherwise only the outcome of transfers that the
     *     bank's code commits by itself
     */
    TransferClient(List<URI> workers, boolean unknownIsFinal) {
        this.workers = workers;
        this.unknownIsFinal = unknownIsFinal;
    }

    /**
     * Sends the transfer until the response is definite or {@code drain} is over. After {@code load} is over, a definite
     * response to another client is sufficient.
     *
     * @param first the index of the first worker, modulo the number of workers
     */
    void sendUntilDefinite(TransferOutcome outcome, int first, RunDeadline load, RunDeadline drain)
            throws InterruptedException {
        for (int turn = first; !drain.isOver() && !(load.isOver() && outcome.isDefinite()); turn++) {
            if (sendOnce(outcome, workers.get(Math.floorMod(turn, workers.size())))) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /** Returns whether the response is definite. */
    private boolean sendOnce(TransferOutcome outcome, URI worker) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(worker)
                .header("Idempotency-Key", '"' + outcome.key() + '"')
                .POST(BodyPublishers.ofString(outcome.transfer().body()))
                .build();
        HttpResponse<byte[]> response;
        try {
            response = client.send(request, BodyHandlers.ofByteArray());
        } catch (IOException failed) {
            return false;
        }
        return switch (response.statusCode()) {
            case 201 -> {
                outcome.recordSuccess(ClientResponse.of(response));
                yield true;
            }
            case 409 -> {
                boolean unknown = (unknownIsFinal || outcome.transfer().commitsByItself())
                        && new String(response.body(), StandardCharsets.UTF_8).contains("outcome-unknown");
                if (unknown) {
                    outcome.recordUnknown();
                }
                yield unknown;
            }
            case 400, 401, 403, 412, 413, 422 -> {
                outcome.recordRejection();
                yield true;
            }
            default -> false;
        };
    }
}
