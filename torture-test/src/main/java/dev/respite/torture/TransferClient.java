package dev.respite.torture;

import dev.respite.Retry;
import dev.respite.TimeSource;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.RetryPolicy;
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
 * Drives a transfer to a definite answer: with Respite's client at one worker, and where that gives up at the next, with the
 * same key.
 */
final class TransferClient {

    /**
     * Attempts are cheap and faults are many: no budget. An attempt lasts longer than most are put to sleep: clients that
     * leave too early come back to a queue of requests that nobody waits for any more, and make it longer.
     */
    private static final RetryPolicy POLICY = RetryPolicy.parse(
            "max-attempts=4 base-delay=20ms max-delay=300ms attempt-timeout=3s total-timeout=8s budget=off");

    private static final long PAUSE_MILLIS = 50;

    private final HttpClient client = RetryingHttpClient.of(
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
            Retry.silent(POLICY, TimeSource.system()));
    private final List<URI> workers;
    private final boolean unknownIsFinal;

    /**
     * TransferClient.
     *
     * @param workers where transfers are posted to
     * @param unknownIsFinal whether each transfer may stay unknown; else only those that the bank's code commits by itself
     */
    TransferClient(List<URI> workers, boolean unknownIsFinal) {
        this.workers = workers;
        this.unknownIsFinal = unknownIsFinal;
    }

    /**
     * Asks until there is a definite answer or the time is over, beginning at one of the workers. When there is no load any
     * more, an answer that somebody else has got will do.
     */
    void sendUntilDefinite(TransferOutcome outcome, int first, Deadline load, Deadline drain)
            throws InterruptedException {
        for (int turn = first; !drain.isOver() && !(load.isOver() && outcome.isDefinite()); turn++) {
            if (isAnswered(outcome, workers.get(Math.floorMod(turn, workers.size())))) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private boolean isAnswered(TransferOutcome outcome, URI worker) throws InterruptedException {
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
