package dev.respite.stacks.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.FaultyServer.Received;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Counts the requests of one call at a raw server, and compares them with {@code docs/requests-at-the-server.md}. The rule: by a
 * retry of Respite no POST without an idempotency key is sent twice, and one with a key as often as the policy permits.
 */
class RequestsAtTheServerTest {

    private static final Path PAGE = Path.of("../../../docs/requests-at-the-server.md");
    private static final int ATTEMPTS = 3;
    private static final String KEY = "Idempotency-Key";

    /** The treatment of each request of a call. */
    @SuppressWarnings("ImmutableEnumChecker") // the faults have no state
    enum Fault {
        UNAVAILABLE("503", Reply.of(503)),
        AT_ONCE("503, `Retry-After: 0`", Reply.of(503).header("Retry-After", "0")),
        LIMITED("429, `Retry-After: 1`", Reply.of(429).header("Retry-After", "1")),
        TIMEOUT("408", Reply.of(408)),
        NO_RESPONSE("no response", ServerFault.hang()),
        RESET("reset", ServerFault.reset()),
        CLOSE("close", ServerFault.close()),
        FRESH("close, first request", ServerFault.close());

        private final String title;
        private final ServerFault fault;

        Fault(String title, ServerFault fault) {
            this.title = title;
            this.fault = fault;
        }
    }

    /** The retries around a request. */
    enum Retries {
        NONE("none"),
        OWN("its own"),
        THREE_OF_OWN("three attempts of its own"),
        RESPITE("Respite");

        private final String title;

        Retries(String title) {
            this.title = title;
        }
    }

    /** The fault by which the clients differ most. */
    @ParameterizedTest
    @EnumSource
    void requests_ofAClosedConnection_areThoseOfThePage(Client client) throws Exception {
        assertRows(client, List.of(Fault.CLOSE));
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void requests_ofAllFaults_areThoseOfThePage(Client client) throws Exception {
        assertRows(client, List.of(Fault.values()));
    }

    /** Clients that the page has in one row. */
    private record Row(String title, Retries retries, Function<Server, Sender> opener) {

        static List<Row> of(Client client) {
            List<Row> rows = new ArrayList<>();
            rows.add(new Row(client.title(), Retries.NONE, server -> client.open(server, false)));
            rows.add(new Row(client.title(), Retries.OWN, server -> client.open(server, true)));
            rows.add(new Row(client.title(), Retries.THREE_OF_OWN, server -> client.open(server, true)));
            client.retrying().forEach((title, opener) -> rows.add(new Row(title, Retries.RESPITE, opener)));
            return rows;
        }

        @Override
        public String toString() {
            return title + ", " + retries.title;
        }
    }

    private static void assertRows(Client client, List<Fault> faults) throws Exception {
        List<List<String>> table = table();
        SoftAssertions rows = new SoftAssertions();
        for (Row row : Row.of(client)) {
            List<String> counted = new ArrayList<>();
            List<String> documented = new ArrayList<>();
            for (Fault fault : faults) {
                counted.add(fault.title + ": " + cell(row, fault));
                documented.add(fault.title + ": " + documented(table, row, fault));
            }
            rows.assertThat(counted).as(row.toString()).isEqualTo(documented);
        }
        rows.assertAll();
    }

    private static List<List<String>> table() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("|"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::trim)
                        .toList())
                .toList();
    }

    private static String documented(List<List<String>> table, Row row, Fault fault) {
        int column = table.get(0).indexOf(fault.title);
        return table.stream()
                .filter(cells -> cells.get(0).equals(row.title) && cells.get(1).equals(row.retries.title))
                .map(cells -> cells.get(column))
                .findFirst()
                .orElse("no row");
    }

    private static String cell(Row row, Fault fault) throws Exception {
        return count(row, fault, "GET", false) + "/" + count(row, fault, "POST", false) + "/"
                + count(row, fault, "POST", true);
    }

    private static int count(Row row, Fault fault, String method, boolean withKey) throws Exception {
        try (FaultyServer server = FaultyServer.start();
                Sender sender = row.opener.apply(new Server(server.uri("/orders"), timeoutMillis(fault)))) {
            Map<String, String> headers = withKey ? Map.of(KEY, "order-1") : Map.of();
            if (fault != Fault.FRESH) {
                assertThat(sender.send("GET", Map.of())).isEqualTo(200);
            }
            int before = server.requests().size();
            server.otherwise(fault.fault);
            try {
                (row.retries == Retries.THREE_OF_OWN ? sender.inThreeAttempts() : sender).send(method, headers);
            } catch (Exception failed) {
                // The requests count.
            }
            List<Received> all = server.requests();
            List<Received> requests = all.subList(before, all.size());
            assertRule(row, requests, method, withKey);
            server.closeForcibly();
            return requests.size();
        }
    }

    /** Some clients do not wait for longer than their timeout before they retry. */
    private static int timeoutMillis(Fault fault) {
        return fault == Fault.NO_RESPONSE ? 400 : 2_000;
    }

    private static void assertRule(Row row, List<Received> requests, String method, boolean withKey) {
        if (row.retries == Retries.RESPITE && method.equals("POST")) {
            assertThat(requests).as(row.title).hasSizeLessThanOrEqualTo(withKey ? ATTEMPTS : 1);
            assertThat(requests.stream().map(request -> request.values(KEY)).collect(Collectors.toSet()))
                    .as(row.title)
                    .hasSize(1);
        }
    }
}
