package dev.respite.cli;

import dev.respite.Retry;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** All transfers, made one way, at a bank of their own. */
final class Round {

    private static final long LOOK_MILLIS = 100;

    private final FaultScript script;
    private final int transfers;
    private final Retry retry;
    private final boolean async;
    private final boolean[] done;
    private final long[] nanos;
    private final AtomicInteger ended = new AtomicInteger();

    /**
     * A round.
     *
     * @param retry what Respite's way retries by
     * @param async whether clients do without threads of their own
     */
    Round(FaultScript script, int transfers, Retry retry, boolean async) {
        this.script = script;
        this.transfers = transfers;
        this.retry = retry;
        this.async = async;
        this.done = new boolean[transfers];
        this.nanos = new long[transfers];
    }

    /** Runs it once; how many transfers have ended so far is told now and then. */
    Tally run(Way way, IntConsumer progress) throws IOException, InterruptedException {
        Bank bank = new Bank(transfers);
        long before = bank.money();
        try (Route route = new Route(script, transfers);
                BankServer server = new BankServer(bank, route)) {
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .proxy(route)
                    .build();
            ExecutorService threads = Executors.newCachedThreadPool(Threads.daemon("client"));
            Clients clients = new Clients(
                    async
                            ? way.asyncPayer(retry, client, server.origin())
                            : way.payer(retry, client, server.origin()).in(threads));
            for (int number = 0; number < transfers; number++) {
                Transfer transfer = script.transfer(number);
                HttpRequest request = HttpRequest.newBuilder(server.origin().resolve(transfer.path()))
                        .POST(BodyPublishers.ofString(transfer.body()))
                        .build();
                clients.awaitOne();
                long begun = System.nanoTime();
                clients.pay(request, answer -> note(transfer.number(), begun, answer));
                progress.accept(ended.get());
            }
            while (!clients.awaitAll(LOOK_MILLIS)) {
                progress.accept(ended.get());
            }
            threads.shutdown();
            server.settle();
            return tally(bank, before, route.attempts(), server.requests());
        }
    }

    private void note(int number, long begun, @Nullable HttpResponse<String> answer) {
        done[number] = answer != null && answer.statusCode() == 200;
        nanos[number] = System.nanoTime() - begun;
        ended.incrementAndGet();
    }

    private Tally tally(Bank bank, long before, long attempts, long requests) {
        int successes = 0;
        int duplicated = 0;
        int movedThoughFailed = 0;
        long astray = 0;
        for (int number = 0; number < transfers; number++) {
            int times = bank.timesRun(number);
            int told = done[number] ? 1 : 0;
            successes += told;
            duplicated += times > 1 ? 1 : 0;
            movedThoughFailed += times > told && told == 0 ? 1 : 0;
            astray += (long) Math.abs(times - told) * script.transfer(number).amount();
        }
        Arrays.sort(nanos);
        return new Tally(
                new Tally.Told(transfers, successes),
                new Tally.Found(duplicated, movedThoughFailed, before, bank.money(), astray),
                new Tally.Cost(attempts, requests, percentile(50), percentile(99)));
    }

    private long percentile(int percent) {
        return nanos[Math.max(0, (int) Math.ceil(transfers * percent / 100.0) - 1)];
    }
}
