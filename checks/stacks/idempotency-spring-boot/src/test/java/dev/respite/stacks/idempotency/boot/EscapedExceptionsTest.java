package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.Cases;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
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
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exceptions that have left the method, and of which the application makes a response: whatever its status, no row is left. The
 * key is free, unless the status is one of the 4xx that are results.
 */
@Tag("cases")
@ParameterizedClass
@MethodSource("dev.respite.stacks.idempotency.boot.Stack#some")
class EscapedExceptionsTest {

    private static final List<String> WAYS = List.of(
            "/ways/advice",
            "/ways/send-error",
            "/ways/resolver",
            "/ways/view",
            "/ways/status-exception",
            "/checked",
            "/no-rollback",
            "/transactional",
            "/service",
            "/interceptor",
            "/body",
            "/forward",
            "/ways/fatal",
            "/ways/error-page");

    private static final List<Integer> STATUSES =
            List.of(200, 202, 204, 303, 304, 400, 401, 403, 404, 406, 408, 409, 412, 422, 425, 429, 500, 503);

    private static final Set<Integer> RELEASED = Set.of(401, 403, 406, 408, 425, 429);

    private static final Map<Stack, TestServer> SERVERS = new ConcurrentHashMap<>();

    @Parameter
    private Stack stack;

    private final String key = name("key");
    private final String item = name("item");

    @AfterAll
    static void closeAll() {
        SERVERS.values().forEach(TestServer::close);
        SERVERS.clear();
    }

    private TestServer server() {
        return SERVERS.computeIfAbsent(stack, each -> {
            List<Class<?>> sources = new ArrayList<>(List.of(Escaping.class, Escaping.All.class));
            if (each.security()) {
                sources.add(Members.class);
            }
            return TestServer.start(each, List.of(), sources.toArray(Class[]::new));
        });
    }

    private HttpResponse<String> post(String path) {
        return send(request(path));
    }

    private HttpRequest.Builder request(String path) {
        return server().post(path, item).header(KEY, key);
    }

    private HttpResponse<String> failing(String path, int status) {
        return send(request(path).header(Escaping.STATUS, Integer.toString(status)));
    }

    /** A fifth of them has one status below 400 for each way. */
    static Stream<Arguments> all() {
        return Cases.of(WAYS.stream()
                        .flatMap(way -> STATUSES.stream().map(status -> Arguments.of(way, status)))
                        .toList())
                .stream();
    }

    /** An exception that leaves the filter is never recorded, whatever page the container makes of it. */
    private static boolean isRecorded(String way, int status) {
        return status >= 400 && status < 500 && !RELEASED.contains(status) && !way.equals("/ways/error-page");
    }

    @ParameterizedTest
    @MethodSource("all")
    void exception_thatLeavesTheMethod_leavesNoRow(String way, int status) {
        HttpResponse<String> first = failing(way, status);
        assertThat(first.statusCode()).isEqualTo(status);
        assertThat(isReplay(first)).isFalse();
        assertThat(server().entries(item)).isZero();

        HttpResponse<String> again = failing(way, status);
        assertThat(again.statusCode()).isEqualTo(status);
        assertThat(isReplay(again)).isEqualTo(isRecorded(way, status));
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(Escaping.INVOCATIONS).containsEntry(item, isRecorded(way, status) ? 1 : 2);
        assertThat(server().entries(item)).isZero();

        HttpResponse<String> last = post(way);
        assertThat(last.statusCode()).isEqualTo(isRecorded(way, status) ? status : 200);
        assertThat(isReplay(last)).isEqualTo(isRecorded(way, status));
        assertThat(server().entries(item)).isEqualTo(isRecorded(way, status) ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 303})
    void exception_thatTheMethodHandlesItself_isASuccess(int status) {
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> response = failing("/handled", status);
            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(isReplay(response)).isEqualTo(i > 0);
        }
        assertThat(server().entries(item)).isEqualTo(1);
    }

    /** A transaction of its own is no part of the promise: its row stays, and each run adds one. */
    @ParameterizedTest
    @ValueSource(ints = {202, 404, 500})
    void exception_afterATransactionOfItsOwn_leavesOnlyTheRowsOfThat(int status) {
        int runs = isRecorded("/requires-new", status) ? 1 : 2;
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> response = failing("/requires-new", status);
            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(isReplay(response)).isEqualTo(i == runs);
        }
        assertThat(server().entries(item)).isZero();
        assertThat(server().entries(Escaping.logged(item))).isEqualTo(runs);
    }

    /** As after any failure without an effect: the key remains the key of this request. */
    @ParameterizedTest
    @ValueSource(ints = {202, 500})
    void key_afterAnException_doesNotServeAnotherRequest(int status) {
        assertThat(failing("/ways/advice", status).statusCode()).isEqualTo(status);
        assertThat(server().post("/ways/advice", key, name("other")).statusCode())
                .isEqualTo(422);
    }
}
