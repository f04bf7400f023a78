package dev.respite.benchmarks.http;

import dev.respite.benchmarks.report.LineProcess;
import dev.respite.benchmarks.report.Options;
import dev.respite.benchmarks.report.Results;
import java.io.IOException;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures small requests of eight threads over loopback, with HTTP clients and a channel of gRPC, bare and with retries around
 * them, and prints one table.
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
              --only PATTERN  only rows that match this regular expression, such as 'JDK|Respite'
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    /** On two processors that the load keeps busy, the virtual machine compiles for so many seconds. */
    private static final int WARMUP_SECONDS = 30;

    private static final String HEAP = "256m";

    private HttpThroughput() {}

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
        List<MeasuredClient> clients = options.only(List.of(MeasuredClient.values()));
        options.end();
        Results<MeasuredClient, HttpFigures> results = new Results<>();
        try (LineProcess server = LineProcess.start(HEAP, ServerProcess.class)) {
            Map<MeasuredClient, LineProcess> processes =
                    warmedUp(clients, server.readLine().split(" "), messages);
            for (int round = 1; round <= rounds; round++) {
                for (Map.Entry<MeasuredClient, LineProcess> client : processes.entrySet()) {
                    HttpFigures figures = slice(client.getValue(), millis);
                    results.add(client.getKey(), figures);
                    messages.printf("%d/%d  %s: %s%n", round, rounds, client.getKey(), figures);
                }
            }
        }
        return table(results);
    }

    private static Map<MeasuredClient, LineProcess> warmedUp(
            List<MeasuredClient> clients, String[] ports, PrintStream messages) throws IOException {
        Map<MeasuredClient, LineProcess> processes = new EnumMap<>(MeasuredClient.class);
        for (MeasuredClient client : clients) {
            String port = ports[client.below() == MeasuredClient.GRPC ? 1 : 0];
            LineProcess process = LineProcess.start(HEAP, LoadProcess.class, client.name(), port);
            processes.put(client, process);
            long requests = 0;
            for (int second = 0; second < WARMUP_SECONDS; second++) {
                requests += slice(process, 1_000).requests();
            }
            messages.printf("warmed up  %s: %,d requests%n", client, requests);
        }
        return processes;
    }

    private static HttpFigures slice(LineProcess client, int millis) throws IOException {
        return HttpFigures.parse(client.exchange(Integer.toString(millis)));
    }

    private static String table(Results<MeasuredClient, HttpFigures> results) {
        StringBuilder table = new StringBuilder("| " + Results.machine()
                + " | requests/s | ÷ client below | CPU µs | ÷ client below | B | ÷ client below |\n"
                + "|---|---:|---:|---:|---:|---:|---:|\n");
        for (MeasuredClient client : results.rows()) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %s | %.1f | %s | %,.0f | %s |%n",
                    client,
                    results.median(client, HttpFigures::perSecond),
                    results.ratio(client, client.below(), HttpFigures::perSecond),
                    results.median(client, HttpFigures::cpuMicros),
                    results.ratio(client, client.below(), HttpFigures::cpuMicros),
                    results.median(client, HttpFigures::bytesEach),
                    results.ratio(client, client.below(), HttpFigures::bytesEach)));
        }
        return table.toString();
    }
}
