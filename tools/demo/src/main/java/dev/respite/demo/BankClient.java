package dev.respite.demo;

import dev.respite.demo.BankDirectory.BankServer;
import dev.respite.http.exchange.IdempotencyKeys;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A client of the bank, which also runs the bank's processes: one that keeps the ledger in a file, and a standby that
 * replaces it when it is killed. Thread-safe.
 */
final class BankClient implements AutoCloseable {

    /** The limit for a request to a process that is starting. The clients have a shorter timeout. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final Duration START = Duration.ofSeconds(30);

    private final BankDirectory directory;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ReentrantLock change = new ReentrantLock();
    private volatile BankServer serving;
    private BankServer standby;

    private BankClient(BankDirectory directory, BankServer serving, BankServer standby) {
        this.directory = directory;
        this.serving = serving;
        this.standby = standby;
    }

    /** Starts a bank without transfers, and returns when it accepts requests. */
    static BankClient open() throws IOException, InterruptedException {
        BankDirectory directory = BankDirectory.create();
        try {
            BankServer serving = directory.start();
            int unused = serving.port(START);
            return new BankClient(directory, serving, directory.start());
        } catch (IOException | InterruptedException failed) {
            directory.close();
            throw failed;
        }
    }

    /**
     * Forwards a transfer and returns the response of the bank.
     *
     * @throws IOException if the process is killed before it responds
     */
    HttpResponse<String> move(String accounts, Transfer transfer, Optional<String> key)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(accounts, transfer.path(), TIMEOUT))
                .timeout(TIMEOUT)
                .POST(BodyPublishers.ofString(transfer.body()));
        key.ifPresent(value -> request.header(IdempotencyKeys.HEADER, value));
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private URI uri(String accounts, String path, Duration timeout) throws IOException, InterruptedException {
        return URI.create("http://127.0.0.1:" + serving.port(timeout) + "/" + accounts + path);
    }

    /**
     * Kills the bank's process with all of its open requests, once the standby is prepared. The standby replaces it, and a
     * new standby is started.
     */
    void crash() throws IOException, InterruptedException {
        change.lock();
        try {
            // A standby that still loads its classes would take part of the time in which the clients retry.
            standby.awaitPrepared(START);
            BankServer killed = serving;
            serving = standby;
            killed.kill();
            // With two processes waiting for the file, either could open it first.
            int unused = serving.port(START);
            standby = directory.start();
        } finally {
            change.unlock();
        }
    }

    /** Reads the ledger of the accounts of one run. */
    LedgerSnapshot snapshot(String accounts) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri(accounts, "/books", START)).build();
        List<String> lines =
                client.send(request, BodyHandlers.ofString()).body().lines().toList();
        Map<Integer, Integer> runs = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            runs.put(
                    Integer.valueOf(line.substring(0, line.indexOf(' '))),
                    Integer.valueOf(line.substring(line.indexOf(' ') + 1)));
        }
        return new LedgerSnapshot(
                Long.parseLong(lines.get(0).substring(0, lines.get(0).indexOf(' '))), runs);
    }

    /** The sum of all balances after one run, and the number of executions of each transfer that was executed. */
    record LedgerSnapshot(long money, Map<Integer, Integer> runs) {
        int timesRun(int transfer) {
            return runs.getOrDefault(transfer, 0);
        }
    }

    /** Returns whether the bank is closed, by {@link #close} or because the program is ending. */
    boolean isClosed() {
        return directory.isClosed();
    }

    @Override
    public void close() throws IOException {
        directory.close();
    }
}
