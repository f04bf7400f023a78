package dev.respite.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The directory of the bank's ledger, and the processes that use it. Both are removed on close, and when the program ends
 * because of Ctrl-C or SIGTERM. Thread-safe.
 */
final class BankDirectory implements AutoCloseable {

    private final Path path;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Process> processes = new ArrayList<>();
    private final Thread hook = new Thread(this::closeOnExit, "bank-removal");
    private boolean closed;

    /**
     * A process of the bank.
     *
     * @param process the process
     * @param prepared completed when it waits for the file
     * @param futurePort its port, once it has opened the file
     */
    record BankServer(Process process, CompletableFuture<Void> prepared, CompletableFuture<Integer> futurePort) {

        /** Returns the port. Waits until the process is ready. */
        int port(Duration timeout) throws IOException, InterruptedException {
            return await(futurePort, timeout);
        }

        /** Waits until the process needs nothing but the file. */
        void awaitPrepared(Duration timeout) throws IOException, InterruptedException {
            Void unused = await(prepared, timeout);
        }

        private static <T> T await(CompletableFuture<T> future, Duration timeout)
                throws IOException, InterruptedException {
            try {
                return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException down) {
                throw new IOException("the bank's process is not ready", down);
            }
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        private void readOutput() {
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                String line = lines.readLine();
                if (BankProcess.WAITING.equals(line)) {
                    prepared.complete(null);
                    line = lines.readLine();
                }
                if (line != null && line.startsWith(BankProcess.READY)) {
                    futurePort.complete(Integer.parseInt(line.substring(BankProcess.READY.length())));
                    prepared.complete(null);
                } else {
                    fail(new IOException("the bank's process ended before it was ready"));
                }
            } catch (IOException gone) {
                fail(gone);
            }
        }

        private void fail(IOException cause) {
            futurePort.completeExceptionally(cause);
            prepared.completeExceptionally(cause);
        }
    }

    private BankDirectory(Path path) {
        this.path = path;
    }

    /** Creates an empty directory for temporary files. */
    static BankDirectory create() throws IOException {
        BankDirectory directory = new BankDirectory(Files.createTempDirectory("respite-demo"));
        try {
            Runtime.getRuntime().addShutdownHook(directory.hook);
        } catch (IllegalStateException ending) {
            directory.close();
            throw new IOException("the program is ending", ending);
        }
        return directory;
    }

    /** Starts a process, which waits while another one has the file open. */
    BankServer start() throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the bank is closed");
            }
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xshare:auto",
                            // Without this option a response waits 40 ms: its body is not sent until its head is
                            // acknowledged.
                            "-Dsun.net.httpserver.nodelay=true",
                            "-cp",
                            System.getProperty("java.class.path"),
                            BankProcess.class.getName(),
                            path.resolve("bank").toString())
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            path.resolve("bank.log").toFile()))
                    .start();
            processes.add(process);
            BankServer server = new BankServer(process, new CompletableFuture<>(), new CompletableFuture<>());
            Threads.daemon("bank-output").newThread(server::readOutput).start();
            return server;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            processes.forEach(process -> process.destroyForcibly().onExit().join());
            try (Stream<Path> files = Files.walk(path)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } finally {
            lock.unlock();
        }
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The program is ending, and the hook finds the directory closed.
        }
    }

    private void closeOnExit() {
        try {
            close();
        } catch (IOException undeletable) {
            // The program is ending; the files remain in the folder for temporary files.
        }
    }
}
