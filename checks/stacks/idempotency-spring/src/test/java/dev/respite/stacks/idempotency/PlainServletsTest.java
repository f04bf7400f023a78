package dev.respite.stacks.idempotency;

import static dev.respite.stacks.idempotency.Shop.isReplay;
import static dev.respite.stacks.idempotency.Shop.name;
import static dev.respite.stacks.idempotency.Shop.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.Cases;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exceptions that have left a plain servlet, and of which an error page or a filter makes a response: whatever its status, no row
 * is left. The key is free, unless the response has passed the filter with one of the 4xx that are results.
 */
@Tag("cases")
@ParameterizedClass
@EnumSource(Stack.Container.class)
class PlainServletsTest {

    private static final List<String> WAYS = List.of(
            "/page/unchecked",
            "/page/checked",
            "/page/cause",
            "/page/error",
            "/earlier/send-error",
            "/earlier/status",
            PlainServer.BEHIND + "send-error",
            PlainServer.BEHIND + "status");

    private static final List<Integer> STATUSES = List.of(200, 429, 303, 404, 500, 422, 202, 503);

    private static final Set<Integer> RECORDED = Set.of(404, 422);

    private static final Map<Stack.Container, PlainServer> SERVERS = new ConcurrentHashMap<>();

    @Parameter
    private Stack.Container container;

    private final String key = name("key");
    private final String item = name("item");

    @AfterAll
    static void closeAll() {
        SERVERS.values().forEach(PlainServer::close);
        SERVERS.clear();
    }

    private PlainServer server() {
        return SERVERS.computeIfAbsent(container, PlainServer::start);
    }

    private HttpResponse<String> failing(String way, int status) throws Exception {
        return send(server().order(way, key, item).header(PlainServer.STATUS, Integer.toString(status)));
    }

    /** A fifth of them has the statuses 200 and 422, or 303, for each way. */
    static Stream<Arguments> cells() {
        return Cases.of(WAYS.stream()
                        .flatMap(way -> STATUSES.stream().map(status -> Arguments.of(way, status)))
                        .toList())
                .stream();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void exception_thatLeavesTheServlet_leavesNoRow(String way, int status) throws Exception {
        boolean isRecorded = way.startsWith(PlainServer.BEHIND) && RECORDED.contains(status);

        HttpResponse<String> first = failing(way, status);
        assertThat(first.statusCode()).isEqualTo(status);
        assertThat(isReplay(first)).isFalse();
        assertThat(server().rows(item)).isZero();

        HttpResponse<String> again = failing(way, status);
        assertThat(again.statusCode()).isEqualTo(status);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(isReplay(again)).isEqualTo(isRecorded);
        assertThat(server().runs).containsEntry(item, isRecorded ? 1 : 2);
        assertThat(server().rows(item)).isZero();

        HttpResponse<String> last = send(server().order(way, key, item));
        assertThat(last.statusCode()).isEqualTo(isRecorded ? status : 200);
        assertThat(isReplay(last)).isEqualTo(isRecorded);
        assertThat(server().rows(item)).isEqualTo(isRecorded ? 0 : 1);
    }

    /** As after any failure without an effect: the key remains the key of this request. */
    @ParameterizedTest
    @ValueSource(strings = {"/page/unchecked", PlainServer.BEHIND + "send-error"})
    void key_afterAnException_doesNotServeAnotherRequest(String way) throws Exception {
        assertThat(failing(way, 202).statusCode()).isEqualTo(202);
        assertThat(send(server().order(way, key, name("other"))).statusCode()).isEqualTo(422);
    }
}
