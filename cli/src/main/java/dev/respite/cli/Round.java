package dev.respite.cli;

import dev.respite.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** All transfers, made one way, at accounts of their own. */
final class Round {

    /** The accounts of a round in which nothing goes wrong; the others are called as their way. */
    static final String WARM_UP = "warm-up";

    private static final long LOOK_MILLIS = 100;
    private static final long SETTLE_SECONDS = 30;

    /** With Respite, the bank's process is killed when one third of the transfers have ended, and when two thirds have. */
    static final int KILLS = 2;

    private final Bank bank;
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
    Round(Bank bank, FaultScript script, int transfers, Retry retry, boolean async) {
        this.bank = bank;
        this.script = script;
        this.transfers = transfers;
        this.retry = retry;
        this.async = async;
        this.done = new boolean[transfers];
        this.nanos = new long[transfers];
    }

    /** Runs it once; how many transfers have ended so far is told now and then. */
    Tally run(Way way, IntConsumer progress) throws IOException, InterruptedException {
        String accounts = script.faulty() ? way.toString() : WARM_UP;
        long before = bank.books(accounts).money();
        try (Route route = new Route(script, transfers);
                BankServer server = new BankServer(bank, accounts, route)) {
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
                clients.pay(request, answer -> {
                    note(transfer.number(), begun, answer);
                    if (isKill(way, ended.incrementAndGet())) {
                        threads.execute(this::killBank);
                    }
                });
                progress.accept(ended.get());
            }
            while (!clients.awaitAll(LOOK_MILLIS)) {
                progress.accept(ended.get());
            }
            threads.shutdown();
            // A bank that is being killed comes up again before its books are read.
            boolean unused = threads.awaitTermination(SETTLE_SECONDS, TimeUnit.SECONDS);
            server.settle();
            return tally(bank.books(accounts), before, route.attempts(), server.requests());
        }
    }

    private void note(int number, long begun, @Nullable HttpResponse<String> answer) {
        done[number] = answer != null && answer.statusCode() == 200;
        nanos[number] = System.nanoTime() - begun;
    }

    private void killBank() {
        try {
            bank.crash();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the bank is killed now that so many transfers have ended. */
    private boolean isKill(Way way, int count) {
        int part = Math.max(1, transfers / (KILLS + 1));
        boolean inIt = script.faulty() && way == Way.RESPITE && count < transfers;
        return inIt && count % part == 0 && count / part <= KILLS;
    }

    private Tally tally(Bank.Books books, long before, long attempts, long requests) {
        int successes = 0;
        int duplicated = 0;
        int movedThoughFailed = 0;
        long astray = 0;
        for (int number = 0; number < transfers; number++) {
            int times = books.timesRun(number);
            int told = done[number] ? 1 : 0;
            successes += told;
            duplicated += times > 1 ? 1 : 0;
            movedThoughFailed += times > told && told == 0 ? 1 : 0;
            astray += (long) Math.abs(times - told) * script.transfer(number).amount();
        }
        Arrays.sort(nanos);
        return new Tally(
                new Tally.Told(transfers, successes),
                new Tally.Found(duplicated, movedThoughFailed, before, books.money(), astray),
                new Tally.Cost(attempts, requests, percentile(50), percentile(99)));
    }

    private long percentile(int percent) {
        return nanos[Math.max(0, (int) Math.ceil(transfers * percent / 100.0) - 1)];
    }
}
