package dev.respite.demo;

import dev.respite.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Makes all transfers with one client strategy, on separate accounts. */
final class DemoRun {

    /** The number of concurrent clients. */
    static final int CONCURRENCY = 16;

    private static final long PROGRESS_MILLIS = 100;
    private static final long TERMINATION_SECONDS = 30;

    /** The number of kills of the bank's process during Respite's run: after one third and after two thirds of the transfers. */
    static final int KILLS = 2;

    private final BankClient bank;
    private final FaultScript script;
    private final int transfers;
    private final Retry retry;
    private final boolean async;
    private final boolean[] successful;
    private final long[] nanos;
    private final AtomicInteger ended = new AtomicInteger();

    /**
     * Creates a run.
     *
     * @param retry the retries of Respite's strategy
     * @param async whether the clients are non-blocking
     */
    DemoRun(BankClient bank, FaultScript script, int transfers, Retry retry, boolean async) {
        this.bank = bank;
        this.script = script;
        this.transfers = transfers;
        this.retry = retry;
        this.async = async;
        this.successful = new boolean[transfers];
        this.nanos = new long[transfers];
    }

    /** Makes the transfers. Reports the number of completed transfers from time to time. */
    RunResult run(ClientStrategy strategy, IntConsumer progress) throws IOException, InterruptedException {
        String accounts = script.faulty() ? strategy.toString() : Ledger.WARM_UP;
        long before = bank.snapshot(accounts).money();
        try (FaultSelector selector = new FaultSelector(script, transfers);
                FaultProxy proxy = new FaultProxy(bank, accounts, selector)) {
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .proxy(selector)
                    .build();
            ExecutorService threads = Executors.newCachedThreadPool(Threads.daemon("client"));
            ClientStrategy.Sender sender =
                    strategy.sender(retry, client, proxy.origin(), async ? Optional.empty() : Optional.of(threads));
            Semaphore free = new Semaphore(CONCURRENCY);
            for (int number = 0; number < transfers; number++) {
                Transfer transfer = script.transfer(number);
                HttpRequest request = HttpRequest.newBuilder(proxy.origin().resolve(transfer.path()))
                        .POST(BodyPublishers.ofString(transfer.body()))
                        .build();
                free.acquire();
                long begun = System.nanoTime();
                CompletableFuture<?> unusedResponse = sender.send(request).whenComplete((response, error) -> {
                    record(transfer.number(), begun, response);
                    if (isKill(strategy, ended.incrementAndGet())) {
                        threads.execute(this::killBank);
                    }
                    free.release();
                });
                progress.accept(ended.get());
            }
            while (!free.tryAcquire(CONCURRENCY, PROGRESS_MILLIS, TimeUnit.MILLISECONDS)) {
                progress.accept(ended.get());
            }
            threads.shutdown();
            // Waits until a killed bank is replaced, before the ledger is read.
            boolean unused = threads.awaitTermination(TERMINATION_SECONDS, TimeUnit.SECONDS);
            proxy.closeAndAwait();
            return result(bank.snapshot(accounts), before, selector.attempts(), proxy.requests());
        }
    }

    private void record(int number, long begun, @Nullable HttpResponse<String> response) {
        successful[number] = response != null && response.statusCode() == 200;
        nanos[number] = System.nanoTime() - begun;
    }

    private void killBank() {
        try {
            bank.crash();
        } catch (IOException failed) {
            if (!bank.isClosed()) {
                throw new UncheckedIOException(failed);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the bank is killed after this number of completed transfers. */
    private boolean isKill(ClientStrategy strategy, int count) {
        int interval = Math.max(1, transfers / (KILLS + 1));
        boolean applies = script.faulty() && strategy == ClientStrategy.RESPITE && count < transfers;
        return applies && count % interval == 0 && count / interval <= KILLS;
    }

    private RunResult result(BankClient.LedgerSnapshot snapshot, long before, long attempts, long requests) {
        int successes = 0;
        int duplicated = 0;
        int movedDespiteFailure = 0;
        long discrepancy = 0;
        for (int number = 0; number < transfers; number++) {
            int times = snapshot.timesRun(number);
            int succeeded = successful[number] ? 1 : 0;
            successes += succeeded;
            duplicated += times > 1 ? 1 : 0;
            movedDespiteFailure += times > succeeded && succeeded == 0 ? 1 : 0;
            discrepancy +=
                    (long) Math.abs(times - succeeded) * script.transfer(number).amount();
        }
        return new RunResult(
                new RunResult.Reported(transfers, successes),
                new RunResult.Observed(duplicated, movedDespiteFailure, before, snapshot.money(), discrepancy),
                new RunResult.Cost(attempts, requests, percentile(nanos, 50), percentile(nanos, 99)));
    }

    /** Returns the time that so many of a hundred transfers did not exceed. */
    static long percentile(long[] nanos, int percent) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
    }
}
