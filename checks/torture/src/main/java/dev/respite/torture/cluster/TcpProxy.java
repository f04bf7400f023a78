package dev.respite.torture.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * A TCP proxy with a fixed port and a changing target. It can hold back the data of one direction, and reset all connections.
 *
 * <p>It uses two threads for each connection, one for each direction. Thread-safe.
 */
final class TcpProxy implements Closeable {

    private static final int BACKLOG = 256;
    private static final int CHUNK = 8 * 1024;

    private final ServerSocket socket;
    private final ExecutorService threads;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Semaphore requests = new Semaphore(1);
    private final Semaphore responses = new Semaphore(1);
    private volatile OptionalInt target = OptionalInt.empty();

    private TcpProxy(ServerSocket socket, ExecutorService threads) {
        this.socket = socket;
        this.threads = threads;
    }

    /** Opens a proxy that closes connections until it has a target. */
    static TcpProxy open(String name) throws IOException {
        ServerSocket socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        TcpProxy proxy = new TcpProxy(socket, Executors.newCachedThreadPool(DaemonThreads.named(name)));
        proxy.threads.execute(proxy::accept);
        return proxy;
    }

    /** Returns the port for clients. */
    int port() {
        return socket.getLocalPort();
    }

    /** Forwards new connections to this port. */
    void forwardTo(int port) {
        target = OptionalInt.of(port);
    }

    /** Closes new connections immediately. */
    void rejectConnections() {
        target = OptionalInt.empty();
    }

    /** Returns the permit for data from clients: its holder holds the data back. */
    Semaphore requests() {
        return requests;
    }

    /** Returns the permit for data from the server. */
    Semaphore responses() {
        return responses;
    }

    /** Resets all connections. */
    void resetConnections() {
        for (Socket each : open) {
            reset(each);
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                threads.execute(() -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        open.add(client);
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target.orElseThrow(IOException::new))) {
            open.add(server);
            try {
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                threads.execute(() -> pump(server, client, responses));
                pump(client, server, requests);
            } finally {
                open.remove(server);
            }
        } catch (IOException failed) {
            reset(client);
        } finally {
            open.remove(client);
        }
    }

    /**
     * Copies data until one side ends, then resets both: a killed process sends nothing in either direction. Data and the end are
     * held back alike.
     */
    private static void pump(Socket from, Socket to, Semaphore permit) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                waitFor(permit);
                out.write(chunk, 0, length);
            }
        } catch (IOException broken) {
            waitFor(permit);
            reset(to);
        }
        waitFor(permit);
        reset(from);
        reset(to);
    }

    private static void waitFor(Semaphore permit) {
        permit.acquireUninterruptibly();
        permit.release();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException closed) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        requests.release();
        responses.release();
        resetConnections();
        threads.shutdownNow();
    }
}
