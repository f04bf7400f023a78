package dev.respite.admission;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** One connection, on which a test writes requests and reads responses when it chooses. */
final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final BufferedReader reader;

    /**
     * A response.
     *
     * @param status the status
     * @param headers the fields
     */
    record Response(int status, Map<String, String> headers) {

        boolean isRefusal() {
            return status == 503 && "retry".equals(headers.get("Respite-Refused"));
        }
    }

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    static String request(String line, String... fields) {
        String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        return line + " HTTP/1.1\r\nHost: test\r\n" + more + "\r\n";
    }

    RawClient send(String line, String... fields) throws IOException {
        return write(request(line, fields));
    }

    RawClient write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Reads a response and its body, whose length is known. */
    Response read() throws IOException {
        String line = reader.readLine();
        if (line == null) {
            throw new IOException("closed before a response");
        }
        int status = Integer.parseInt(line.split(" ", 3)[1]);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String field = reader.readLine(); field != null && !field.isEmpty(); field = reader.readLine()) {
            String[] entry = field.split(": *", 2);
            headers.put(entry[0], entry[1]);
        }
        for (int left = Integer.parseInt(headers.getOrDefault("Content-Length", "0")); left > 0; left--) {
            reader.read();
        }
        return new Response(status, headers);
    }

    /** Returns true if the server has closed the connection, once it has. */
    boolean isClosed() throws IOException {
        try {
            return reader.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
