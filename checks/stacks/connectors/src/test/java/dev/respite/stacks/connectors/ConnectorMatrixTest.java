package dev.respite.stacks.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.stacks.connectors.Shop.Way;
import dev.respite.testsupport.RealTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Calls each HTTP client that Spring Boot supports while the server has each fault. The documents state the expected numbers of requests. */
@ExtendWith(OutputCaptureExtension.class)
class ConnectorMatrixTest {

    private static final long SLACK_MILLIS = 200;

    /** The longest time in which a client reads the body of a rejected response. */
    private static final long MAX_DISCARD_MILLIS = 100;

    /** Some pools open a second connection while the first one closes. */
    private static final int MAX_IDLE_CONNECTIONS = 2;

    static Stream<Arguments> all() {
        return Arrays.stream(Connector.values())
                .flatMap(connector -> Arrays.stream(Way.values()).map(way -> Arguments.of(connector, way)));
    }

    /** The faults by which connectors differ, for the fast tests. */
    @ParameterizedTest
    @EnumSource
    void order_inTheSmallMatrix_leavesForOneServerAndEndsInTime(Connector connector, CapturedOutput output)
            throws Exception {
        assertCalls(
                connector, Way.GROUP, List.of(Fault.PERMANENTLY_ELSEWHERE, Fault.HANG, Fault.SLOW_ERROR, Fault.CLOSE));
        assertThat(output.getAll()).doesNotContain(" ERROR ");
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("all")
    void order_inTheWholeMatrix_leavesForOneServerAndEndsInTime(Connector connector, Way way) throws Exception {
        assertCalls(connector, way, List.of(Fault.values()));
    }

    private static void assertCalls(Connector connector, Way way, List<Fault> faults) throws Exception {
        Map<String, String> documented = documentedRow(connector);
        try (Shop shop = Shop.open(connector, way)) {
            for (Fault fault : faults) {
                String[] requests = documented.get(fault.title()).split("/", 2);
                for (boolean post : new boolean[] {false, true}) {
                    RealTime.assertOnce(() -> {
                        Cell cell = shop.call(post, fault);
                        String what = connector + ", " + fault + ", " + (post ? "POST" : "GET") + ": " + cell.result();
                        assertThat(cell.requests()).as(what).hasSize(Integer.parseInt(requests[post ? 1 : 0]));
                        assertLeftForOneServer(cell, fault, post, what);
                        if (connector.hasTimeouts()) {
                            assertEndedInTime(cell, fault, what);
                        }
                    });
                    assertThat(shop.call(true, Fault.OK).result())
                            .as("a call after %s", fault)
                            .isEqualTo("ok");
                }
            }
            if (connector.closesCutBodies()) {
                await().untilAsserted(
                                () -> assertThat(shop.openConnections()).isLessThanOrEqualTo(MAX_IDLE_CONNECTIONS));
            }
        }
    }

    /** The numbers of requests in the documents, by the titles of the columns. */
    private static Map<String, String> documentedRow(Connector connector) throws IOException {
        List<List<String>> rows = Files.readAllLines(Path.of("../../../docs/evidence/connectors.md")).stream()
                .filter(line -> line.startsWith("|"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::trim)
                        .toList())
                .toList();
        List<String> row = rows.stream()
                .filter(cells -> cells.get(0).equals(connector.title()))
                .findFirst()
                .orElseThrow();
        return IntStream.range(1, row.size()).boxed().collect(Collectors.toMap(rows.get(0)::get, row::get));
    }

    private static void assertLeftForOneServer(Cell cell, Fault fault, boolean post, String what) {
        assertThat(cell.elsewhere()).as(what).isZero();
        if (post) {
            assertThat(cell.requests().stream()
                            .map(request -> request.values("Idempotency-Key"))
                            .distinct())
                    .as(what)
                    .singleElement()
                    .satisfies(keys -> assertThat(keys).hasSize(1));
        }
        if (fault.isRedirect()) {
            assertThat(cell.result()).as(what).contains("Location").contains("/elsewhere");
        }
    }

    private static void assertEndedInTime(Cell cell, Fault fault, String what) {
        if (fault.isWithoutHead()) {
            assertThat(Math.max(cell.longestGapMillis(), cell.lastMillis()))
                    .as(what)
                    .isLessThanOrEqualTo(Shop.TIMEOUT_MILLIS + SLACK_MILLIS);
        }
        if (fault.isRejectedWithBody()) {
            assertThat(cell.longestGapMillis()).as(what).isLessThanOrEqualTo(MAX_DISCARD_MILLIS + SLACK_MILLIS);
        }
    }
}
