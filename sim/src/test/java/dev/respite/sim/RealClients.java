package dev.respite.sim;

import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.Scenario;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Real HTTP clients that make calls of a scenario in real time: the arrivals that the simulator has for the seed, of the same
 * clients.
 */
final class RealClients {

    private static final int WAVES = 5;
    private static final int CALLS_A_WAVE = 48;

    private final TimeSource time = TimeSource.system();
    private final Scenario scenario;
    private final Share share;
    private final ClientKind kind;
    private final List<HttpClient> clients;
    private final HttpRequest request;
    private final Queue<RealCall> calls = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<?>> pending = new ArrayList<>();

    /**
     * Which of the clients are played: those whose number modulo {@code of} is the index.
     *
     * @param index from 0
     * @param of how many shares there are
     */
    record Share(int index, int of) {

        static final Share ALL = new Share(0, 1);

        boolean has(int client) {
            return client % of == index;
        }
    }

    /** How a client makes a call. */
    @FunctionalInterface
    interface Sending {

        Sending ASYNCHRONOUS = (client, request) -> client.sendAsync(request, BodyHandlers.discarding());

        /** Each call blocks a thread of the executor. */
        static Sending blocking(Executor threads) {
            return (client, request) -> CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return client.send(request, BodyHandlers.discarding());
                        } catch (IOException failed) {
                            throw new UncheckedIOException(failed);
                        } catch (InterruptedException ended) {
                            Thread.currentThread().interrupt();
                            throw new IllegalStateException("interrupted", ended);
                        }
                    },
                    threads);
        }

        CompletableFuture<HttpResponse<Void>> send(HttpClient client, HttpRequest request);
    }

    RealClients(Scenario scenario, URI service, Share share, ClientKind kind) {
        this.scenario = scenario;
        this.share = share;
        this.kind = kind;
        this.clients = Stream.generate(kind.client()).limit(group().clients()).toList();
        this.request = HttpRequest.newBuilder(service).build();
    }

    private ClientGroup group() {
        return scenario.load().groups().get(0);
    }

    /**
     * Makes calls by a client of its own, which has other counts and another budget: a virtual machine that has just started is
     * slow, and the model has none of that.
     *
     * @param sending sends a request once
     */
    void warmUp(Sending sending) {
        Retry once = Retry.withoutWarnings(RetryPolicy.parse("max-attempts=1"), time);
        RetryingHttpClient other = RetryingHttpClient.of(kind.http(), once);
        for (int wave = 0; wave < WAVES; wave++) {
            CompletableFuture.allOf(IntStream.range(0, CALLS_A_WAVE / share.of())
                            .mapToObj(i -> sending.send(other, request))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
        }
    }

    /** Makes the calls, and returns when all have ended. */
    ClientsReport play(long seed, Start start) {
        long begun = start.nanoTime(time);
        SimTime agenda = new SimTime(seed);
        new Traffic(
                        group(),
                        agenda,
                        scenario.duration().toNanos(),
                        seed,
                        user -> begin(user % clients.size(), agenda.nanoTime(), begun))
                .start();
        agenda.runAll();
        CompletableFuture.allOf(pending.toArray(CompletableFuture<?>[]::new))
                .handle((all, failure) -> failure)
                .join();
        return kind.report().apply(List.copyOf(calls));
    }

    private void begin(int client, long due, long begun) {
        if (!share.has(client)) {
            return;
        }
        sleepUntil(time, begun + due);
        long began = time.nanoTime() - begun;
        pending.add(kind.sending().send(clients.get(client), request).whenComplete((response, failure) -> {
            boolean succeeded = failure == null && response.statusCode() == 200;
            calls.add(new RealCall(client, due, began, time.nanoTime() - begun, succeeded));
        }));
    }

    static void sleepUntil(TimeSource time, long nanoTime) {
        try {
            time.sleep(nanoTime - time.nanoTime());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", ended);
        }
    }
}
