package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Requests to methods with the annotation, and their responses. */
@ParameterizedClass
@MethodSource("dev.respite.stacks.idempotency.boot.Stack#some")
class RequestsTest {

    private static final int DUPLICATES = 20;

    @Parameter
    private Stack stack;

    private final String key = name("key");
    private final String item = name("item");

    private HttpResponse<String> post(String path) {
        return stack.shop().post(path, '"' + key + '"', item);
    }

    private int entries() {
        return stack.shop().entries(item);
    }

    @Test
    void order_twice_isDoneOnceAndReplayed() {
        HttpResponse<String> first = post("/orders");
        HttpResponse<String> second = post("/orders");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(isReplay(first)).isFalse();
        assertThat(isReplay(second)).isTrue();
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Location"))
                .isPresent()
                .isEqualTo(first.headers().firstValue("Location"));
        assertThat(entries()).isEqualTo(1);
    }

    @Test
    void key_bareAndInQuotes_isTheSame() {
        HttpResponse<String> first = stack.shop().post("/orders", key, item);
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(post("/orders").body()).isEqualTo(first.body());
        assertThat(entries()).isEqualTo(1);
    }

    @Test
    void key_missingWhereRequired_is400AndNothingIsDone() {
        HttpResponse<String> refused = send(stack.shop().post("/orders", item));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("key-missing");
        assertThat(entries()).isZero();
    }

    @Test
    void key_missingWhereOptional_isDoneEachTime() {
        send(stack.shop().post("/lines/7", item));
        send(stack.shop().post("/lines/7", item));
        assertThat(entries()).isEqualTo(2);
    }

    @Test
    void key_givenWhereOptional_isDoneOnceForEachPath() {
        assertThat(post("/lines/7").body()).startsWith("line 7");
        assertThat(isReplay(post("/%6Cines/%37"))).isTrue();
        assertThat(post("/lines/8").body()).startsWith("line 8");
        assertThat(entries()).isEqualTo(2);
    }

    @Test
    void key_ofAMethodWithoutTheAnnotation_isIgnored() {
        int records = stack.shop().records();
        assertThat(post("/plain").statusCode()).isEqualTo(200);
        assertThat(isReplay(post("/plain"))).isFalse();
        assertThat(entries()).isEqualTo(2);
        assertThat(stack.shop().records()).isEqualTo(records);
    }

    @Test
    void key_withAnotherBody_is422() {
        post("/orders");
        HttpResponse<String> other = stack.shop().post("/orders", key, "other");
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).contains("key-reused");
    }

    @Test
    void orders_manyAtOnce_areDoneOnce() {
        ExecutorService threads = Executors.newFixedThreadPool(DUPLICATES);
        CountDownLatch start = new CountDownLatch(1);
        try {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < DUPLICATES; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> settled(start), threads));
            }
            start.countDown();
            String reported = answers.get(0).join().body();
            assertThat(answers).allSatisfy(response -> {
                assertThat(response.join().statusCode()).isEqualTo(201);
                assertThat(response.join().body()).isEqualTo(reported);
            });
        } finally {
            threads.shutdownNow();
        }
        assertThat(entries()).isEqualTo(1);
    }

    private HttpResponse<String> settled(CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        HttpResponse<String> response = post("/orders");
        while (response.body().contains("in-progress")) {
            response = post("/orders");
        }
        return response;
    }

    @Test
    void order_whileTheFirstIsAtWork_is409AndThenReplayed() throws Exception {
        CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(() -> post("/gated"));
        Shop.entered(item).await();
        HttpResponse<String> second = post("/gated");
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(second.body()).contains("in-progress");
        Shop.gate(item).countDown();
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(post("/gated").body()).isEqualTo(first.join().body());
        assertThat(entries()).isEqualTo(1);
    }

    @Test
    void handler_thatThrows_leavesNoRowAndReleasesTheKey() {
        assertThat(post("/broken").statusCode()).isEqualTo(500);
        assertThat(isReplay(post("/broken"))).isFalse();
        assertThat(entries()).isZero();
    }

    @Test
    void handler_thatRefuses_leavesNoRowAndIsReplayed() {
        HttpResponse<String> first = post("/refused");
        assertThat(first.statusCode()).isEqualTo(422);
        assertThat(first.body()).isEqualTo("refused " + item);
        assertThat(isReplay(post("/refused"))).isTrue();
        assertThat(entries()).isZero();
    }

    private HttpResponse<String> postAs(String tenant) {
        HttpRequest.Builder request = stack.shop().post("/tenants", item).header(KEY, key);
        return send(tenant.isEmpty() ? request : request.header("Tenant", tenant));
    }

    @Test
    void scope_ofABean_ownsTheKey() {
        HttpResponse<String> first = postAs("acme");
        assertThat(postAs("acme").body()).isEqualTo(first.body());
        assertThat(postAs("other").body()).isNotEqualTo(first.body());
        assertThat(postAs("").statusCode()).isEqualTo(401);
        assertThat(entries()).isEqualTo(2);
    }

    @Test
    void key_ofAnotherUser_isAnotherKey() {
        assumeTrue(stack.security());
        post("/orders");
        HttpResponse<String> bob = send(stack.shop()
                .request("/orders")
                .header("Authorization", TestServer.basic("bob"))
                .header("Content-Type", "text/plain")
                .header(KEY, key)
                .POST(BodyPublishers.ofString(item)));
        assertThat(bob.statusCode()).isEqualTo(201);
        assertThat(isReplay(bob)).isFalse();
        assertThat(entries()).isEqualTo(2);
    }

    @Test
    void order_withoutLogin_claimsNothingAndLearnsNothing() {
        assumeTrue(stack.security());
        post("/orders");
        int records = stack.shop().records();
        HttpResponse<String> refused = send(stack.shop()
                .request("/orders")
                .header("Content-Type", "text/plain")
                .header(KEY, key)
                .POST(BodyPublishers.ofString(item)));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).doesNotContain("order ");
        assertThat(stack.shop().records()).isEqualTo(records);
    }

    private HttpResponse<String> json(String body) {
        return send(stack.shop()
                .request("/fields")
                .header("Authorization", TestServer.basic("alice"))
                .header("Content-Type", "application/json")
                .header(KEY, key)
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void fingerprint_ofAPart_ignoresTheOthers() {
        HttpResponse<String> first = json("{\"item\":\"" + item + "\",\"sentAt\":\"12:00\"}");
        assertThat(first.statusCode()).isEqualTo(200);
        HttpResponse<String> second = json("{\"sentAt\":\"12:01\", \"item\":\"" + item + "\"}");
        assertThat(isReplay(second)).isTrue();
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(json("{\"item\":\"other\",\"sentAt\":\"12:00\"}").statusCode())
                .isEqualTo(422);
        assertThat(json("{\"sentAt\":\"12:00\"}").statusCode()).isEqualTo(422);
        assertThat(entries()).isEqualTo(1);
    }

    @Test
    void retention_ofAMethod_isThatOfItsRecords() {
        JdbcTemplate jdbc = stack.shop().bean(JdbcTemplate.class);
        post("/kept");
        assertThat(jdbc.queryForObject(
                        "SELECT MAX(DATEDIFF(HOUR, CURRENT_TIMESTAMP, expires_at)) FROM respite_idempotency",
                        Integer.class))
                .isBetween(71, 72);
    }
}
