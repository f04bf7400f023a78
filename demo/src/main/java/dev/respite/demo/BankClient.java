package dev.respite.demo;

import dev.respite.http.IdempotencyKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A client of the bank, which also runs the bank's processes: one that keeps the ledger in a file, and a standby that
 * replaces it when it is killed. Thread-safe.
 */
final class BankClient implements AutoCloseable {

    /** How long a request waits for a process that is starting. The clients have a shorter timeout. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final Duration START = Duration.ofSeconds(30);

    private final Path home;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ReentrantLock change = new ReentrantLock();
    private volatile BankServer serving;
    private BankServer standby;

    /** A process of the bank, and its port once it has opened the file. */
    private record BankServer(Process process, CompletableFuture<Integer> port) {}

    private BankClient(Path home, BankServer serving) {
        this.home = home;
        this.serving = serving;
        this.standby = serving;
    }

    /** Starts a bank without transfers, and returns when it accepts requests. */
    static BankClient open() throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("respite-demo");
        BankClient bank = new BankClient(home, started(home));
        port(bank.serving, START);
        bank.standby = started(home);
        return bank;
    }

    private static BankServer started(Path home) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        // Without this option a response waits 40 ms: its body is not sent until its head is
                        // acknowledged.
                        "-Dsun.net.httpserver.nodelay=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BankProcess.class.getName(),
                        home.resolve("bank").toString())
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        home.resolve("bank.log").toFile()))
                .start();
        BankServer server = new BankServer(process, new CompletableFuture<>());
        Threads.daemon("bank-output").newThread(() -> readPort(server)).start();
        return server;
    }

    private static void readPort(BankServer server) {
        try (BufferedReader lines = server.process().inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            if (line != null && line.startsWith(BankProcess.READY)) {
                server.port().complete(Integer.parseInt(line.substring(BankProcess.READY.length())));
            } else {
                server.port().completeExceptionally(new IOException("the bank's process ended before it was ready"));
            }
        } catch (IOException gone) {
            server.port().completeExceptionally(gone);
        }
    }

    private static int port(BankServer server, Duration timeout) throws IOException, InterruptedException {
        try {
            return server.port().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException down) {
            throw new IOException("the bank's process is not ready", down);
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
        return URI.create("http://127.0.0.1:" + port(serving, timeout) + "/" + accounts + path);
    }

    /** Kills the bank's process with all of its open requests. The standby replaces it, and a new standby is started. */
    void crash() throws IOException, InterruptedException {
        change.lock();
        try {
            BankServer killed = serving;
            serving = standby;
            killed.process().destroyForcibly().waitFor();
            // With two processes waiting for the file, either could open it first.
            int unused = port(serving, START);
            standby = started(home);
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

    /**
     * The state of the ledger after one run.
     *
     * @param money the sum of all balances
     * @param runs how often each transfer was executed, for transfers that were executed at least once
     */
    record LedgerSnapshot(long money, Map<Integer, Integer> runs) {
        int timesRun(int transfer) {
            return runs.getOrDefault(transfer, 0);
        }
    }

    @Override
    public void close() throws IOException {
        change.lock();
        try {
            for (BankServer server : List.of(standby, serving)) {
                server.process().destroyForcibly().onExit().join();
            }
        } finally {
            change.unlock();
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
