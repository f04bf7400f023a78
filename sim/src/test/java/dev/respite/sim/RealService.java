package dev.respite.sim;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A {@link RealServer} as seen from outside. It ends with whoever started it. */
final class RealService implements Closeable {

    private final Process process;
    private final BufferedReader words;
    private final int port;

    private RealService(Process process) throws IOException {
        this.process = process;
        this.words = process.inputReader(StandardCharsets.UTF_8);
        this.port = Integer.parseInt(said());
    }

    /** How long a worker really took, on average; what came to it in each second, and how many waited then. */
    record Seen(Duration work, List<Double> requests, List<Double> queue) {}

    static RealService start(Path scenario, Map<String, String> settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                // Without it each answer waits for an acknowledgement that the other side delays, 40 ms.
                "-Dsun.net.httpserver.nodelay=true",
                // The default, 200, closes connections that the clients would use again.
                "-Dsun.net.httpserver.maxIdleConnections=10000",
                "-cp",
                System.getProperty("java.class.path"),
                RealServer.class.getName(),
                scenario.toString()));
        settings.forEach((key, value) -> command.add(key + "=" + value));
        return new RealService(
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    void tell(String order) {
        try {
            process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException gone) {
            throw new UncheckedIOException("the server is gone", gone);
        }
    }

    /** Ends it, and asks what it has seen in the first seconds. */
    Seen end(int seconds) throws IOException {
        tell(RealServer.END);
        String[] numbers = said().split(" ", -1);
        List<Double> requests = new ArrayList<>();
        List<Double> queue = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            int at = 1 + 2 * second;
            boolean seen = at + 1 < numbers.length;
            requests.add(seen ? Double.parseDouble(numbers[at]) : 0);
            queue.add(seen ? Double.parseDouble(numbers[at + 1]) : 0);
        }
        return new Seen(Duration.ofNanos(Long.parseLong(numbers[0])), requests, queue);
    }

    private String said() throws IOException {
        String line = words.readLine();
        if (line == null) {
            throw new IOException("the server is gone; its last words are on the standard error");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
