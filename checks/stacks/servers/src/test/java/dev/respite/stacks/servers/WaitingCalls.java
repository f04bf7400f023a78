package dev.respite.stacks.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.http.RetryingHttpClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Calls that all wait for their retry at the same moment. At most {@value #ON_THE_WIRE} are on the wire at a time: one that
 * waits makes room for the next. So the number of connections depends on what a waiting call holds, and not on the
 * machine's speed.
 */
final class WaitingCalls {

    private static final int ON_THE_WIRE = 4;

    private final Semaphore wire = new Semaphore(ON_THE_WIRE);
    private final GatedTime time = new GatedTime(wire::release);
    private final List<CompletableFuture<HttpResponse<byte[]>>> calls = new ArrayList<>();
    private final Way way;
    private final RetryingHttpClient client;

    WaitingCalls(Way way, HttpClient plain, String policy) {
        this.way = way;
        this.client = way.client(plain, policy, time, new RecordingBreaker());
    }

    /** The client that makes them. */
    RetryingHttpClient client() {
        return client;
    }

    /** Starts them, and waits until all of them wait. */
    void start(int count, URI uri) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        for (int i = 0; i < count; i++) {
            acquire();
            CompletableFuture<HttpResponse<byte[]>> call = way.start(client, request, BodyHandlers.ofByteArray());
            calls.add(call);
            CompletableFuture<?> unused = call.whenComplete((response, failure) -> wire.release());
        }
        await().untilAsserted(() -> assertThat(waiting())
                .as("calls that wait; these have ended: %s", ended())
                .isEqualTo(count));
    }

    /** The calls that have ended, with their response or failure. */
    private List<String> ended() {
        return calls.stream()
                .filter(CompletableFuture::isDone)
                .map(call -> call.handle((response, failure) -> String.valueOf(failure == null ? response : failure))
                        .join())
                .toList();
    }

    /** How many wait. */
    int waiting() {
        return time.delays();
    }

    /** Ends their delays, and waits for their responses. */
    List<HttpResponse<byte[]>> finish() throws Exception {
        List<HttpResponse<byte[]>> responses = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            acquire();
            time.endOne();
        }
        for (CompletableFuture<HttpResponse<byte[]>> call : calls) {
            responses.add(call.get(30, TimeUnit.SECONDS));
        }
        return responses;
    }

    private void acquire() throws InterruptedException {
        assertThat(wire.tryAcquire(30, TimeUnit.SECONDS))
                .as("one of %d calls on the wire ends; %d wait", ON_THE_WIRE, waiting())
                .isTrue();
    }
}
