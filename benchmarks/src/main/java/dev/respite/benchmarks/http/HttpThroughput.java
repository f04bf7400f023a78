package dev.respite.benchmarks.http;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.PatternSyntaxException;

/**
 * Measures small GET requests over loopback, with the JDK's client and with what retries around it, and prints one table.
 *
 * <p>The server is a process of its own, and so is each contender. All take turns, a slice each, so that a noisy minute of
 * the machine spoils no row alone. A ratio is of two slices of the same round; the table has the median of the rounds, and
 * the lowest and the highest.
 */
public final class HttpThroughput {

    /** More than the 10,000 calls after which the virtual machine compiles a method anew, and it has time for it. */
    private static final int WARMUP_REQUESTS = 12_000;

    private static final int MAX_WARMUP_SLICES = 10;

    private final HttpPlan plan;
    private final PrintStream messages;
    private final Map<HttpRow, List<HttpFigures>> results = new LinkedHashMap<>();

    private HttpThroughput(HttpPlan plan, PrintStream messages) {
        this.plan = plan;
        this.messages = messages;
    }

    /**
     * Runs it.
     *
     * @param arguments as the usage says
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream messages = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        if (List.of(arguments).contains("--help")) {
            out.println(HttpPlan.USAGE);
            return;
        }
        try {
            out.print(new HttpThroughput(HttpPlan.read(List.of(arguments)), messages).run());
        } catch (IllegalArgumentException wrong) {
            messages.println(
                    wrong instanceof PatternSyntaxException || wrong instanceof NumberFormatException
                            ? "not a valid value: " + wrong.getMessage()
                            : wrong.getMessage());
            messages.println(HttpPlan.USAGE);
            System.exit(64);
        } catch (IOException failed) {
            messages.println(failed.getMessage());
            System.exit(1);
        }
    }

    private String run() throws IOException {
        Map<MeasuredClient, LineProcess> clients = new EnumMap<>(MeasuredClient.class);
        try (LineProcess server = LineProcess.start(ServerProcess.class, List.of())) {
            String port = server.readLine();
            for (HttpRow row : plan.rows()) {
                LineProcess client = clients.get(row.contender());
                if (client == null) {
                    client = LineProcess.start(
                            LoadProcess.class, List.of(row.contender().name(), port));
                    clients.put(row.contender(), client);
                }
                warmUp(row, client);
            }
            for (int round = 1; round <= plan.rounds(); round++) {
                for (HttpRow row : plan.rows()) {
                    HttpFigures figures = measure(row, Objects.requireNonNull(clients.get(row.contender())), server);
                    results.computeIfAbsent(row, unseen -> new ArrayList<>()).add(figures);
                    messages.printf("%d/%d  %s: %s%n", round, plan.rounds(), row, figures);
                }
            }
        } finally {
            clients.values().forEach(LineProcess::close);
        }
        return HttpTable.of(results);
    }

    private void warmUp(HttpRow row, LineProcess client) throws IOException {
        long requests = 0;
        for (int slice = 0; slice < MAX_WARMUP_SLICES && requests < WARMUP_REQUESTS; slice++) {
            requests += slice(row, client, 1_000).requests();
        }
        messages.printf("warmed up  %s: %,d requests%n", row, requests);
    }

    private HttpFigures measure(HttpRow row, LineProcess client, LineProcess server) throws IOException {
        long before = Long.parseLong(server.exchange(""));
        HttpFigures figures = slice(row, client, plan.millis());
        return figures.withServer(Long.parseLong(server.exchange("")) - before);
    }

    private static HttpFigures slice(HttpRow row, LineProcess client, int millis) throws IOException {
        return HttpFigures.read(client.exchange(row.load() + " " + millis));
    }
}
