package dev.respite.torture;

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

/**
 * A TCP proxy whose port stays the same while what is behind it comes and goes. It can hold back what is said in one direction,
 * and cut all connections.
 *
 * <p>Two threads for each connection, one for each direction.
 */
final class TcpProxy implements Closeable {

    private static final int BACKLOG = 256;
    private static final int CHUNK = 8 * 1024;

    private final ServerSocket socket;
    private final ExecutorService threads;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final PauseGate requests = new PauseGate();
    private final PauseGate responses = new PauseGate();
    private volatile OptionalInt target = OptionalInt.empty();

    private TcpProxy(ServerSocket socket, ExecutorService threads) {
        this.socket = socket;
        this.threads = threads;
    }

    static TcpProxy open(String name) throws IOException {
        ServerSocket socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        TcpProxy proxy = new TcpProxy(socket, Executors.newCachedThreadPool(DaemonThreads.named(name)));
        proxy.threads.execute(proxy::accept);
        return proxy;
    }

    int port() {
        return socket.getLocalPort();
    }

    /** New connections lead to this port from now on. */
    void forwardTo(int port) {
        target = OptionalInt.of(port);
    }

    /** New connections are closed at once from now on. */
    void rejectConnections() {
        target = OptionalInt.empty();
    }

    /** What clients say. */
    PauseGate requests() {
        return requests;
    }

    /** What the server says. */
    PauseGate responses() {
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
        } catch (IOException refused) {
            reset(client);
        } finally {
            open.remove(client);
        }
    }

    /** Whichever direction ends first ends both: a process that was killed has nothing more to say. */
    private static void pump(Socket from, Socket to, PauseGate gate) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                gate.awaitOpen();
                out.write(chunk, 0, length);
            }
        } catch (IOException broken) {
            reset(to);
        }
        reset(from);
        reset(to);
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
        requests.open();
        responses.open();
        resetConnections();
        threads.shutdownNow();
    }
}
