package dev.respite.benchmarks.http;

import dev.respite.benchmarks.report.LineProcess;
import dev.respite.benchmarks.report.Options;
import dev.respite.benchmarks.report.Results;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Measures small GET requests over loopback, with the JDK's client and with retrying clients around it, and prints one table.
 *
 * <p>The server is a process of its own, and so is each client. All take turns, a slice each, so that a noisy minute of the machine
 * does not disturb one row alone. A ratio is of two slices of the same round. The table has the median of the rounds, and the lowest
 * and the highest.
 */
public final class HttpThroughput {

    private static final String USAGE = """
            usage: bin/bench --http [--rounds N] [--millis N] [--only PATTERN]
              --rounds N      measured slices of each row; 5 by default
              --millis N      length of a slice; 1000 by default
              --only PATTERN  only rows that match this regular expression, such as '^`send`, 8' or 'sendAsync.*(JDK|Respite)'
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    /** More than the 10,000 calls after which the virtual machine compiles a method anew, so that it has time for that. */
    private static final int WARMUP_REQUESTS = 12_000;

    private static final int MAX_WARMUP_SLICES = 10;
    private static final String HEAP = "256m";

    private final LineProcess server;
    private final Map<MeasuredClient, LineProcess> clients = new EnumMap<>(MeasuredClient.class);

    private HttpThroughput(LineProcess server) {
        this.server = server;
    }

    /** A client under a load. */
    private record Row(HttpLoad load, MeasuredClient client) {

        Row bare() {
            return new Row(load, MeasuredClient.BARE);
        }

        @Override
        public String toString() {
            return load.label() + ", " + client.label();
        }
    }

    /**
     * Runs the benchmark.
     *
     * @param arguments the options of the usage
     */
    public static void main(String[] arguments) {
        Options.run(USAGE, arguments, HttpThroughput::run);
    }

    private static String run(Options options, PrintStream messages) throws IOException {
        int rounds = options.number("--rounds", 5);
        int millis = options.number("--millis", 1_000);
        List<Row> rows = options.only(Arrays.stream(HttpLoad.values())
                .flatMap(load -> Arrays.stream(MeasuredClient.values())
                        .filter(client -> client.supports(load))
                        .map(client -> new Row(load, client)))
                .toList());
        options.end();
        Results<Row, HttpFigures> results = new Results<>();
        try (LineProcess server = LineProcess.start(HEAP, ServerProcess.class)) {
            HttpThroughput measurement = new HttpThroughput(server);
            measurement.warmUp(rows, messages);
            for (int round = 1; round <= rounds; round++) {
                for (Row row : rows) {
                    HttpFigures figures = measurement.measure(row, millis);
                    results.add(row, figures);
                    messages.printf("%d/%d  %s: %s%n", round, rounds, row, figures);
                }
            }
        }
        return table(results);
    }

    private void warmUp(List<Row> rows, PrintStream messages) throws IOException {
        String port = server.readLine();
        for (Row row : rows) {
            if (!clients.containsKey(row.client())) {
                clients.put(
                        row.client(),
                        LineProcess.start(HEAP, LoadProcess.class, row.client().name(), port));
            }
            long requests = 0;
            for (int slice = 0; slice < MAX_WARMUP_SLICES && requests < WARMUP_REQUESTS; slice++) {
                requests += slice(row, 1_000).requests();
            }
            messages.printf("warmed up  %s: %,d requests%n", row, requests);
        }
    }

    private HttpFigures measure(Row row, int millis) throws IOException {
        long before = Long.parseLong(server.exchange(""));
        HttpFigures figures = slice(row, millis);
        return figures.withServer(Long.parseLong(server.exchange("")) - before);
    }

    private HttpFigures slice(Row row, int millis) throws IOException {
        LineProcess client = Objects.requireNonNull(clients.get(row.client()));
        return HttpFigures.parse(client.exchange(row.load() + " " + millis));
    }

    private static String table(Results<Row, HttpFigures> results) {
        StringBuilder table = new StringBuilder("| " + Results.machine()
                + " | | requests/s | ÷ JDK client | CPU µs | ÷ JDK client | B | ÷ JDK client | server CPU µs |\n"
                + "|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
        for (Row row : results.rows()) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,.0f | %s | %.1f | %s | %,.0f | %s | %.1f |%n",
                    row.load().label(),
                    row.client().label(),
                    results.median(row, HttpFigures::perSecond),
                    results.ratio(row, row.bare(), HttpFigures::perSecond),
                    results.median(row, HttpFigures::cpuMicros),
                    results.ratio(row, row.bare(), HttpFigures::cpuMicros),
                    results.median(row, HttpFigures::bytesEach),
                    results.ratio(row, row.bare(), HttpFigures::bytesEach),
                    results.median(row, HttpFigures::serverMicros)));
        }
        return table.toString();
    }
}
