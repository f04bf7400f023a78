package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.web.servlet.FilterRegistrationBean;

/**
 * Which rules the filter selects before the dispatcher selects a handler, and what happens if the two disagree. A request with
 * the rules of no method, or of the wrong one, must not run a method with the annotation.
 */
@ParameterizedClass
@MethodSource("dev.respite.stacks.idempotency.boot.Stack$Container#some")
class RuleSelectionTest {

    private static final Map<Stack.Container, TestServer> SERVERS = new ConcurrentHashMap<>();

    @Parameter
    private Stack.Container container;

    private final String key = name("key");
    private final String item = name("item");

    @AfterAll
    static void closeAll() {
        SERVERS.values().forEach(TestServer::close);
        SERVERS.clear();
    }

    private TestServer server() {
        return SERVERS.computeIfAbsent(
                container, each -> TestServer.start(new Stack(each, false, false), List.of(), Crossroads.class));
    }

    private HttpResponse<String> post(String path) {
        return server().post(path, key, item);
    }

    private HttpResponse<String> post(String path, String type, String body) {
        return send(typed(path, type, body));
    }

    private HttpRequest.Builder typed(String path, String type, String body) {
        return server().request(path)
                .header(KEY, key)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body));
    }

    private int entries(String handler) {
        return server().entries(handler + " " + item);
    }

    @Test
    void filter_isDirectlyBehindSpringSecuritys() {
        FilterRegistrationBean<?> filter =
                server().application().getBean("respiteIdempotencyFilter", FilterRegistrationBean.class);
        assertThat(filter.getOrder()).isEqualTo(-99);
    }

    @Test
    void contentType_ofTheAnnotatedMethod_hasItsRules() {
        assertThat(post("/typed").body()).startsWith("text ");
        assertThat(isReplay(post("/typed"))).isTrue();
        assertThat(entries("text")).isEqualTo(1);
    }

    @Test
    void contentType_ofAnotherMethodOfThePath_hasNoRules() {
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> response = post("/typed", "application/json", item);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(isReplay(response)).isFalse();
        }
        assertThat(entries("json")).isEqualTo(2);
    }

    @Test
    void path_thatAnotherMethodMatchesBetter_hasNoRules() {
        assertThat(post("/things/special").body()).startsWith("special ");
        assertThat(isReplay(post("/things/special"))).isFalse();
        assertThat(post("/things/1").body()).startsWith("thing ");
        assertThat(isReplay(post("/things/1"))).isTrue();
    }

    /** Each with a valid key that is sent to an annotated method later: it has not been claimed. */
    @ParameterizedTest
    @CsvSource({
        "404, POST, /nowhere, text/plain, */*",
        "405, POST, /readings, text/plain, */*",
        "406, POST, /typed, text/plain, image/png",
        "415, POST, /typed, image/png, */*"
    })
    void request_thatNoMethodHandles_hasNoRules(int status, String method, String path, String type, String accept) {
        int records = server().records();
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> response = send(server().request(path)
                    .header(KEY, key)
                    .header("Content-Type", type)
                    .header("Accept", accept)
                    .method(method, BodyPublishers.ofString(item)));
            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(isReplay(response)).isFalse();
        }
        assertThat(server().records()).isEqualTo(records);
        assertThat(isReplay(post("/typed"))).isFalse();
    }

    @Test
    void lookup_leavesNoAttributesBehind() {
        assertThat(post("/attributes").body()).startsWith("attributes ").endsWith(" []");
    }

    @Test
    void form_ofTheAnnotatedMethod_isReadOnceAndReplayed() {
        String form = "item=" + item;
        HttpResponse<String> first = post("/actions", "application/x-www-form-urlencoded", form);
        assertThat(first.body()).startsWith("action ");
        assertThat(isReplay(post("/actions", "application/x-www-form-urlencoded", form)))
                .isTrue();
        assertThat(entries("action")).isEqualTo(1);
    }

    @Test
    void parameterInTheQuery_thatSelectsAnotherMethod_hasNoRules() {
        HttpResponse<String> response = post("/actions?other=1", "application/x-www-form-urlencoded", "item=" + item);
        assertThat(response.body()).startsWith("other ");
        assertThat(entries("other")).isEqualTo(1);
    }

    @Test
    void parameterInTheBody_thatSelectsAnotherMethod_is500BeforeItRuns() {
        HttpResponse<String> response = post("/actions", "application/x-www-form-urlencoded", "other=1&item=" + item);
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("do not fit the handler");
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(entries("other") + entries("action")).isZero();
    }

    @Test
    void pathThatALaterFilterRewrites_is500BeforeAMethodRuns() {
        assertThat(post("/rewritten-from").statusCode()).isEqualTo(500);
        assertThat(entries("from") + entries("to")).isZero();
    }

    @Test
    void mappingBeforeThoseOfControllers_is500BeforeItRuns() {
        assertThat(post("/unrouted").statusCode()).isEqualTo(500);
        assertThat(entries("router") + entries("unrouted")).isZero();
    }

    @Test
    void forwardToAnAnnotatedMethod_is500BeforeItRuns() {
        assertThat(post("/forward-to-annotated").statusCode()).isEqualTo(500);
        assertThat(entries("thing")).isZero();
    }

    @Test
    void forwardFromAnAnnotatedMethod_isPartOfItsResponse() {
        HttpResponse<String> first = post("/forward-to-view");
        assertThat(first.body()).isEqualTo("view done");
        HttpResponse<String> second = post("/forward-to-view");
        assertThat(isReplay(second)).isTrue();
        assertThat(second.body()).isEqualTo("view done");
        assertThat(entries("forward")).isEqualTo(1);
    }
}
