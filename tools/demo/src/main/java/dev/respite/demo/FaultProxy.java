package dev.respite.demo;

import dev.respite.http.exchange.IdempotencyKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** A proxy in front of the bank that forwards requests and injects faults. It uses one thread for each connection. */
final class FaultProxy implements AutoCloseable {

    private static final int BACKLOG = 128;

    private static final List<String> RETRY_HEADERS = List.of("Retry-After", "Retry-After-Ms", "X-Should-Retry");

    private final BankClient bank;
    private final String accounts;
    private final FaultSelector selector;
    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool(Threads.daemon("fault-proxy"));
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();

    FaultProxy(BankClient bank, String accounts, FaultSelector selector) throws IOException {
        this.bank = bank;
        this.accounts = accounts;
        this.selector = selector;
        this.socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    URI origin() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    /** Returns the number of requests that were read. */
    long requests() {
        return requests.get();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket accepted = socket.accept();
                try {
                    threads.execute(() -> serve(accepted));
                } catch (RejectedExecutionException closing) {
                    accepted.close();
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket accepted) {
        try (HttpConnection connection = new HttpConnection(accepted)) {
            open.add(connection);
            try {
                Optional<HttpConnection.Request> request = connection.read();
                while (request.isPresent() && serve(connection, request.get())) {
                    request = connection.read();
                }
            } finally {
                open.remove(connection);
            }
        } catch (IOException broken) {
            // The client has disconnected, which is not an error here.
        }
    }

    /** Serves one request, and returns whether the connection stays open. */
    private boolean serve(HttpConnection connection, HttpConnection.Request request) throws IOException {
        requests.incrementAndGet();
        Transfer transfer = Transfer.of(request.path(), request.body());
        TransferFault fault = selector.fault(transfer.number());
        switch (fault) {
            case RESET_BEFORE -> {
                connection.reset();
                return false;
            }
            case BUSY -> {
                connection.respond("503 Service Unavailable", "Retry-After: 1\r\n", "busy");
                return true;
            }
            case HANG -> {
                connection.hang();
                return false;
            }
            default -> {
                HttpResponse<String> response;
                try {
                    response = bank.move(accounts, transfer, request.header(IdempotencyKeys.HEADER));
                } catch (IOException killed) {
                    connection.reset();
                    return false;
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                    return false;
                }
                return reply(connection, fault, response);
            }
        }
    }

    private static boolean reply(HttpConnection connection, TransferFault fault, HttpResponse<String> response)
            throws IOException {
        if (fault == TransferFault.RESET_AFTER) {
            connection.reset();
            return false;
        }
        if (fault == TransferFault.ERROR_AFTER) {
            connection.respond("500 Internal Server Error", "", "broken");
        } else {
            String retryHeaders = RETRY_HEADERS.stream()
                    .flatMap(name ->
                            response.headers().allValues(name).stream().map(value -> name + ": " + value + "\r\n"))
                    .collect(Collectors.joining());
            connection.respond(response.statusCode() + " Forwarded", retryHeaders, response.body());
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        closeAndAwait();
    }

    /** Closes the proxy and waits for running requests. Afterwards the ledger does not change. */
    void closeAndAwait() throws IOException {
        socket.close();
        for (HttpConnection connection : open) {
            connection.close();
        }
        threads.shutdown();
        try {
            boolean unused = threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
