package dev.respite.stacks.idempotency;

import static dev.respite.stacks.idempotency.Shop.isReplay;
import static dev.respite.stacks.idempotency.Shop.name;
import static dev.respite.stacks.idempotency.Shop.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Results, and how they are replayed. */
@ParameterizedClass
@MethodSource("dev.respite.stacks.idempotency.Stack#some")
class RepliesTest {

    private static final int DUPLICATES = 20;

    @Parameter
    private Stack stack;

    private final String key = name("key");
    private final String item = name("item");

    private Shop shop() {
        return stack.shop();
    }

    @Test
    void order_twice_isDoneOnceAndReplayed() throws Exception {
        HttpResponse<String> first = shop().order("/orders", key, item);
        HttpResponse<String> second = shop().order("/orders", key, item);
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(isReplay(first)).isFalse();
        assertThat(isReplay(second)).isTrue();
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Location"))
                .isPresent()
                .isEqualTo(first.headers().firstValue("Location"));
        assertThat(second.headers().firstValue("Content-Type"))
                .isPresent()
                .isEqualTo(first.headers().firstValue("Content-Type"));
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    @Test
    void order_replayed_setsNoCookie() throws Exception {
        HttpResponse<String> first = shop().order("/orders", key, item);
        assertThat(first.headers().allValues("Set-Cookie")).anyMatch(cookie -> cookie.startsWith("cart="));
        assertThat(shop().order("/orders", key, item).headers().allValues("Set-Cookie"))
                .noneMatch(cookie -> cookie.startsWith("cart="));
    }

    @Test
    void order_withoutKey_isDoneEachTime() throws Exception {
        for (int i = 0; i < 2; i++) {
            send(shop().anonymous("/orders")
                    .header("Authorization", Shop.basic("alice"))
                    .header("Content-Type", "text/plain")
                    .POST(BodyPublishers.ofString(item)));
        }
        assertThat(shop().rows(item)).isEqualTo(2);
    }

    @Test
    void order_sameKeyOtherBody_isRefused() throws Exception {
        shop().order("/orders", key, item);
        HttpResponse<String> other = shop().order("/orders", key, name("item"));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).contains("key-reused");
    }

    @Test
    void order_sameKeyOfAnotherUser_isIndependent() throws Exception {
        shop().order("/orders", key, item);
        send(shop().post("/orders", key, "text/plain", item).setHeader("Authorization", Shop.basic("bob")));
        assertThat(shop().rows(item)).isEqualTo(2);
    }

    @Test
    void order_bareAndQuotedKeyAndOneWithParameters_areTheSame() throws Exception {
        HttpResponse<String> first = shop().order("/orders", key, item);
        assertThat(send(shop().post("/orders", key, "text/plain", item).setHeader(Shop.KEY, key)))
                .satisfies(bare -> assertThat(isReplay(bare)).isTrue())
                .extracting(HttpResponse::body)
                .isEqualTo(first.body());
        assertThat(isReplay(send(
                        shop().post("/orders", key, "text/plain", item).setHeader(Shop.KEY, '"' + key + "\";p=1"))))
                .isTrue();
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    @Test
    void order_malformedKey_isRefused() throws Exception {
        HttpResponse<String> refused =
                send(shop().post("/orders", key, "text/plain", item).setHeader(Shop.KEY, "\"a\", \"b\""));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(shop().rows(item)).isZero();
    }

    @Test
    void line_otherSpellingOfThePath_isReplayed() throws Exception {
        HttpResponse<String> first = shop().order("/lines/7", key, item);
        assertThat(first.body()).startsWith("line 7 ");
        HttpResponse<String> second = shop().order("/%6Cines/%37", key, item);
        assertThat(isReplay(second)).isTrue();
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(shop().order("/lines/8", key, item).body()).startsWith("line 8 ");
        assertThat(shop().rows(item)).isEqualTo(2);
    }

    @Test
    void order_manyAtOnce_isDoneOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(DUPLICATES);
        CountDownLatch start = new CountDownLatch(1);
        try {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < DUPLICATES; i++) {
                answers.add(threads.submit(() -> {
                    start.await();
                    HttpResponse<String> response = shop().order("/orders", key, item);
                    while (response.body().contains("in-progress")) {
                        response = shop().order("/orders", key, item);
                    }
                    return response;
                }));
            }
            start.countDown();
            String reported = answers.get(0).get().body();
            for (Future<HttpResponse<String>> response : answers) {
                assertThat(response.get().statusCode()).isEqualTo(201);
                assertThat(response.get().body()).isEqualTo(reported);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    @Test
    void order_bodyOverTheLimit_isRefusedBeforeTheClaim() throws Exception {
        // Else it may be refused, and the connection closed, while it is still being sent.
        HttpResponse<String> refused = send(
                shop().post("/orders", key, "text/plain", "x".repeat(5_001)).expectContinue(true));
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(shop().order("/orders", key, item).statusCode()).isEqualTo(201);
    }

    @Test
    void stream_longerThanIsKept_isSentInFullOnceAndDoneOnce() throws Exception {
        HttpResponse<String> first = shop().order("/streams", key, item);
        assertThat(first.body()).hasSize(100_000);
        HttpResponse<String> second = shop().order("/streams", key, item);
        assertThat(isReplay(second)).isTrue();
        assertThat(second.statusCode()).isEqualTo(410);
        assertThat(second.body()).contains("body-not-kept");
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    @Test
    void redirect_twice_leadsToTheSame() throws Exception {
        HttpResponse<String> first = shop().order("/redirects", key, item);
        HttpResponse<String> second = shop().order("/redirects", key, item);
        assertThat(first.statusCode()).isEqualTo(302);
        assertThat(second.statusCode()).isEqualTo(302);
        assertThat(second.headers().firstValue("Location"))
                .isPresent()
                .isEqualTo(first.headers().firstValue("Location"));
        assertThat(shop().rows(item)).isEqualTo(1);
    }
}
