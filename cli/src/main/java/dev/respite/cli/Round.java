package dev.respite.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** All transfers, made one way, at accounts of their own. */
final class Round {

    static final int CLIENTS = 16;

    /** The accounts of a round in which nothing goes wrong; the others are called as their way. */
    static final String WARM_UP = "warm-up";

    private static final long LOOK_MILLIS = 100;

    /** With Respite, the bank's process is killed when one third of the transfers have ended, and when two thirds have. */
    static final int KILLS = 2;

    private final Bank bank;
    private final FaultScript script;
    private final int transfers;
    private final boolean[] done;
    private final long[] nanos;
    private final AtomicInteger ended = new AtomicInteger();

    Round(Bank bank, FaultScript script, int transfers) {
        this.bank = bank;
        this.script = script;
        this.transfers = transfers;
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
            Way.Payer payer = way.payer(client, server.origin());
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS, Threads.daemon("client"));
            for (int number = 0; number < transfers; number++) {
                Transfer transfer = script.transfer(number);
                HttpRequest request = HttpRequest.newBuilder(server.origin().resolve(transfer.path()))
                        .POST(BodyPublishers.ofString(transfer.body()))
                        .build();
                clients.execute(() -> {
                    pay(payer, request, transfer.number());
                    end(way);
                });
            }
            clients.shutdown();
            while (!clients.awaitTermination(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                progress.accept(ended.get());
            }
            server.settle();
            return tally(bank.books(accounts), before, route.attempts(), server.requests());
        }
    }

    private void pay(Way.Payer payer, HttpRequest request, int number) {
        long start = System.nanoTime();
        try {
            done[number] = payer.pay(request).statusCode() == 200;
        } catch (IOException failed) {
            done[number] = false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        nanos[number] = System.nanoTime() - start;
    }

    private void end(Way way) {
        int count = ended.incrementAndGet();
        if (script.faulty() && way == Way.RESPITE && count < transfers && isKill(count)) {
            try {
                bank.crash();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether the bank is killed when so many transfers have ended. */
    private boolean isKill(int count) {
        int part = Math.max(1, transfers / (KILLS + 1));
        return count % part == 0 && count / part <= KILLS;
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
