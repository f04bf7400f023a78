package dev.respite.http.faulty;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * An HTTP/1.1 server over raw sockets that treats each request by its script, and records the requests.
 *
 * <p>The script is played in the order in which requests arrive, on whatever connection. When it is over, each request
 * gets the answer {@link #otherwise}. It listens on the loopback interface only, serves at most {@value
 * #MAX_CONNECTIONS} connections at a time, and closes all of them when it is closed.
 */
public final class FaultyServer implements AutoCloseable {

    private static final int MAX_CONNECTIONS = 256;

    private final ServerSocket socket;
    private final Queue<ServerFault> script = new ConcurrentLinkedQueue<>();
    private final List<Received> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> unclosed = ConcurrentHashMap.newKeySet();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger abandoned = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            0, MAX_CONNECTIONS + 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), FaultyServer::thread);
    private volatile ServerFault otherwise = Reply.of(200).body("ok");

    /** A request as it came over the wire, and when it was read, by {@link System#nanoTime}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Received(
            String method, String target, Map<String, List<String>> headers, byte[] body, int connection, long nanos) {
        public List<String> values(String name) {
            return headers.getOrDefault(name, List.of());
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private FaultyServer(int port) {
        try {
            socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** A server on a port of its own. */
    public static FaultyServer start(ServerFault... script) {
        return onPort(0, script);
    }

    public static FaultyServer onPort(int port, ServerFault... script) {
        FaultyServer server = new FaultyServer(port);
        server.script.addAll(List.of(script));
        return server;
    }

    /** Adds to the script. */
    public FaultyServer then(ServerFault... faults) {
        script.addAll(List.of(faults));
        return this;
    }

    /** What each request gets for which the script has nothing; 200 unless this is called. */
    public FaultyServer otherwise(ServerFault fault) {
        otherwise = fault;
        return this;
    }

    public URI uri() {
        return uri("/");
    }

    public URI uri(String target) {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + target);
    }

    /** The requests so far; requests that were not read are not here. */
    public List<Received> requests() {
        return new ArrayList<>(requests);
    }

    /** How many connections were accepted so far. */
    public int connections() {
        return connections.get();
    }

    /** How many connections are open now. */
    public int openConnections() {
        return open.size();
    }

    /** How often a client has closed its connection before its answer was complete. */
    public int abandoned() {
        return abandoned.get();
    }

    /**
     * Closes the server and all connections.
     *
     * @throws AssertionError if the client has neither read a response to its end nor closed it
     */
    @Override
    public void close() {
        closeWithin(Duration.ofSeconds(20));
    }

    void closeWithin(Duration patience) {
        try {
            if (!unclosed.isEmpty()) {
                Awaitility.await().atMost(patience).until(unclosed::isEmpty);
            }
        } catch (ConditionTimeoutException left) {
            throw new AssertionError(
                    "responses that are neither read to their end nor closed: " + unclosed.size(), left);
        } finally {
            closeForcibly();
        }
    }

    /** Closes the server and all connections where the client is known to leave some. */
    public void closeForcibly() {
        closing.countDown();
        try {
            socket.close();
            threads.shutdownNow();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "faulty-server");
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        try {
            while (true) {
                begin(socket.accept());
            }
        } catch (IOException closed) {
            // The server ends.
        }
    }

    private void begin(Socket connection) throws IOException {
        open.add(connection);
        int number = connections.incrementAndGet();
        try {
            threads.execute(() -> serve(connection, number));
        } catch (RejectedExecutionException rejected) {
            connection.close();
            if (closing.getCount() > 0) {
                throw new AssertionError("more than " + MAX_CONNECTIONS + " connections at a time", rejected);
            }
        }
    }

    private void serve(Socket connection, int number) {
        try (connection) {
            connection.setTcpNoDelay(true);
            ServerConnection line = new ServerConnection(connection, closing);
            boolean goesOn = true;
            // On a new connection the client is about to send; on an old one it may never.
            while (goesOn && (line.isNew() || line.awaitByte())) {
                ServerFault fault = next(line);
                line.begin();
                if (fault.readsRequest()) {
                    Received request = read(line, number);
                    line.received(request);
                    requests.add(request);
                }
                unclosed.add(connection);
                goesOn = fault.act(line);
                unclosed.remove(connection);
            }
        } catch (IOException gone) {
            if (unclosed.contains(connection) && closing.getCount() > 0) {
                abandoned.incrementAndGet();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(connection);
            unclosed.remove(connection);
        }
    }

    /** A client may open a connection long before it sends: only a fault of the script may act before. */
    private ServerFault next(ServerConnection line) {
        ServerFault fault = script.poll();
        if (fault == null && line.isNew()) {
            line.awaitByte();
        }
        return fault == null ? otherwise : fault;
    }

    private static Received read(ServerConnection line, int connection) throws IOException {
        InputStream in = line.in();
        String[] start = readLine(in).split(" ", -1);
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String field = readLine(in); !field.isEmpty(); field = readLine(in)) {
            int colon = field.indexOf(':');
            headers.computeIfAbsent(field.substring(0, colon), name -> new ArrayList<>())
                    .add(field.substring(colon + 1).trim());
        }
        byte[] body = readBody(in, headers);
        return new Received(start[0], start[1], headers, body, connection, System.nanoTime());
    }

    private static byte[] readBody(InputStream in, Map<String, List<String>> headers) throws IOException {
        if (!headers.containsKey("Transfer-Encoding")) {
            int length = Integer.parseInt(
                    headers.getOrDefault("Content-Length", List.of("0")).get(0));
            return exactly(in, length);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size;
        do {
            size = Integer.parseInt(readLine(in), 16);
            body.writeBytes(exactly(in, size));
            exactly(in, 2);
        } while (size > 0);
        return body.toByteArray();
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            line.append((char) c);
        }
        return line.toString().trim();
    }
}
