package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;

/** Hedged requests on virtual time: when they are sent, and which outcome a call has, for any order of events. */
class ClientHedgingScheduleTest {

    private static final int DELAY = 40;
    private static final HttpRequest GET =
            HttpRequest.newBuilder(URI.create("http://localhost/quotes")).build();

    private VirtualTime time;
    private VirtualServer server;

    @BeforeTry
    void begin() {
        time = new VirtualTime();
        server = new VirtualServer(time);
    }

    /**
     * What the server does with one request.
     *
     * @param status the status; 0 for a failure without a response
     * @param head when the head or the failure comes, in milliseconds after the request
     * @param body how long the body takes after it
     * @param breaks whether it breaks off instead
     */
    private record Act(int status, int head, int body, boolean breaks) {
        int end() {
            return head + body;
        }

        boolean isRead() {
            return status == 200 || status == 404;
        }

        void addTo(VirtualServer server) {
            if (status == 0) {
                server.fails(new IOException("reset"), Duration.ofMillis(head));
            } else {
                server.streams(
                        status,
                        breaks ? new IOException("half") : null,
                        Duration.ofMillis(head),
                        Duration.ofMillis(body));
            }
        }
    }

    /** The outcome of a call: status, or 0 for a failure, and when each request was sent. */
    private record Expected(int status, List<Long> sent) {}

    @Provide
    Arbitrary<Act> acts() {
        return Combinators.combine(
                        Arbitraries.of(0, 200, 404, 503),
                        Arbitraries.integers().between(1, 120),
                        Arbitraries.integers().between(1, 60),
                        Arbitraries.of(true, false, false))
                .as((status, head, body, breaks) -> status == 0 || status == 503
                        ? new Act(status, head, 0, false)
                        : new Act(status, head, body, breaks));
    }

    @Property(tries = 3_000)
    void sendAsync_ofAnySchedule_readsOneResponseAtATimeAndPrefersAGoodOne(
            @ForAll("acts") Act first, @ForAll("acts") Act second) {
        // The second's times are odd or even as the first's are not, so that nothing happens at the same time.
        Act other = new Act(second.status(), second.head() * 2 + 1, second.body() * 2, second.breaks());
        Act one = new Act(first.status(), first.head() * 2, first.body() * 2, first.breaks());
        Assume.that(one.head() != DELAY && one.end() != DELAY);
        one.addTo(server);
        other.addTo(server);
        Reads reads = new Reads();
        CompletableFuture<HttpResponse<String>> call = client("").sendAsync(GET, reads);
        time.runAll();

        Expected expected = expected(one, other);
        assertThat(server.cameAtMillis).isEqualTo(expected.sent());
        assertThat(call).isDone();
        int status = call.handle((response, error) -> error == null ? response.statusCode() : 0)
                .join();
        assertThat(status).isEqualTo(expected.status());
        if (status != 0) {
            assertThat(call.join().body()).isEqualTo("status " + status);
        }
        assertThat(reads.most).isLessThanOrEqualTo(1);
    }

    private static Expected expected(Act one, Act two) {
        boolean good = one.isRead() && !one.breaks();
        if (one.isRead() && one.head() < DELAY) {
            // Being read, so there is no hedge; a body that breaks off is a failure.
            return good
                    ? new Expected(one.status(), List.of(0L))
                    : new Expected(last(two), List.of(0L, (long) one.end()));
        }
        if (one.head() < DELAY) {
            return new Expected(last(two), List.of(0L, (long) one.head()));
        }
        List<Long> sent = List.of(0L, (long) DELAY);
        int head = DELAY + two.head();
        int end = DELAY + two.end();
        boolean secondIsGood = two.isRead() && !two.breaks();
        if (good && secondIsGood) {
            return new Expected(one.head() < head ? one.status() : two.status(), sent);
        }
        if (good || secondIsGood) {
            return new Expected(good ? one.status() : two.status(), sent);
        }
        if (one.isRead() && two.isRead()) {
            return new Expected(0, sent);
        }
        return new Expected(one.end() > end ? last(one) : last(two), sent);
    }

    private static int last(Act act) {
        return act.breaks() ? 0 : act.status();
    }

    @Example
    void sendAsync_ofManySlowRequests_hedgesAsManyAsTheAllowanceHas() {
        IntStream.range(0, 60).forEach(i -> server.replies(200, Duration.ofMillis(500)));
        RetryingHttpClient client = client("");
        List<CompletableFuture<HttpResponse<String>>> calls = IntStream.range(0, 30)
                .mapToObj(i -> client.sendAsync(GET, BodyHandlers.ofString()))
                .toList();
        time.runAll();
        assertThat(calls).allSatisfy(call -> assertThat(call).isCompleted());
        assertThat(server.cameAtMillis).hasSize(50);
    }

    @Example
    void sendAsync_withoutBudget_isNotHedged() {
        server.replies(200, Duration.ofMillis(500));
        RetryBudget spent = RetryBudgets.of(BudgetSpec.perSuccess(0.1, 1, 1));
        assertThat(spent.tryAcquire(ErrorKind.IO)).isTrue();
        Retry broke = Retry.of(RetryPolicy.parse("total-timeout=10s"), time).withBudget(spent);
        CompletableFuture<HttpResponse<String>> call = RetryingHttpClient.of(server, broke)
                .withHedging(Duration.ofMillis(DELAY))
                .sendAsync(GET, BodyHandlers.ofString());
        time.runAll();
        assertThat(call).isCompletedWithValueMatching(response -> response.statusCode() == 200);
        assertThat(server.cameAtMillis).containsExactly(0L);
    }

    @Example
    void sendAsync_rejectedWithAHint_waitsForThatTime() {
        server.replies(503, "2", Duration.ofMillis(10)).replies(200, Duration.ofMillis(10));
        CompletableFuture<HttpResponse<String>> call = client("").sendAsync(GET, BodyHandlers.ofString());
        time.runAll();
        assertThat(call).isCompletedWithValueMatching(response -> response.statusCode() == 200);
        assertThat(server.cameAtMillis).hasSize(2);
        assertThat(server.cameAtMillis.get(1)).isBetween(2_010L, 3_010L);
    }

    @Example
    void send_whoseFirstAttemptIsSlow_isHedgedInTheCallersTime() throws Exception {
        server.replies(200, Duration.ofMillis(500)).replies(404, Duration.ofMillis(10));
        assertThat(client("").send(GET, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
        assertThat(time.nanoTime()).isEqualTo(50_000_000L);
    }

    private RetryingHttpClient client(String policy) {
        return RetryingHttpClient.of(server, Retry.of(RetryPolicy.parse("jitter=none budget=off " + policy), time))
                .withHedging(Duration.ofMillis(DELAY));
    }

    /** A handler that counts how many of its subscribers read at the same time. */
    private static final class Reads implements BodyHandler<String> {
        private int open;
        private int most;

        @Override
        public BodySubscriber<String> apply(ResponseInfo info) {
            open++;
            most = Math.max(most, open);
            return new Reader(BodyHandlers.ofString().apply(info));
        }

        private final class Reader implements BodySubscriber<String> {
            private final BodySubscriber<String> text;

            Reader(BodySubscriber<String> text) {
                this.text = text;
            }

            @Override
            public CompletionStage<String> getBody() {
                return text.getBody();
            }

            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                text.onSubscribe(subscription);
            }

            @Override
            public void onNext(List<ByteBuffer> bytes) {
                text.onNext(bytes);
            }

            @Override
            public void onError(Throwable error) {
                open--;
                text.onError(error);
            }

            @Override
            public void onComplete() {
                open--;
                text.onComplete();
            }
        }
    }
}
