package dev.respite.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.FaultyServer.Received;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.RealTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits in time, and cancellation. */
class OkHttpTimeoutTest extends OkHttpFixture {

    @ParameterizedTest
    @EnumSource
    void attempt_endsAtItsTimeout(Way way) throws Exception {
        for (ServerFault fault : List.of(ServerFault.hang(), ServerFault.dripHead(200, 60))) {
            RealTime.assertOnce(() -> assertEndsInTime(way, fault));
        }
    }

    /** The body of an accepted response has the client's own time. */
    @ParameterizedTest
    @EnumSource
    void body_thatIsSlowerThanAnAttempt_isReadToItsEnd(Way way) {
        server.otherwise(ServerFault.drip(200, "x".repeat(3), 400));

        assertThat(result(way, retrying(), get())).isEqualTo("200 xxx");
        assertRequests(1);
    }

    @ParameterizedTest
    @EnumSource
    void callTimeout_limitsTheWholeCall(Way way) {
        server.otherwise(UNAVAILABLE);
        OkHttpClient client =
                plain.newBuilder().callTimeout(Duration.ofSeconds(1)).build();
        OkHttpRetry retry = retrying(client, RetryPolicy.parse("max-attempts=3 base-delay=1m jitter=none"));

        assertThatThrownBy(() -> way.send(retry, get()))
                .isInstanceOf(InterruptedIOException.class)
                .hasMessage("timeout");
        assertRequests(1);
    }

    @ParameterizedTest
    @EnumSource
    void cancel_inADelay_endsTheCallAtOnce(Way way) throws Exception {
        assertCancelled(way, UNAVAILABLE);
    }

    @ParameterizedTest
    @EnumSource
    void cancel_inAnAttempt_endsTheCallAtOnce(Way way) throws Exception {
        assertCancelled(way, ServerFault.hang());
    }

    private void assertCancelled(Way way, ServerFault fault) throws Exception {
        server.otherwise(fault);
        OkHttpRetry retry = retrying(plain, RetryPolicy.parse("max-attempts=3 base-delay=1m jitter=none"));
        Call call = way.call(retry, get());
        CompletableFuture<Response> result = way.start(call);
        await().until(() -> server.requests().size() == 1);

        call.cancel();

        assertThatThrownBy(() -> result.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IOException.class)
                .message()
                .isIn("Canceled", "Socket closed");
        assertThat(call.isCanceled()).isTrue();
        assertThat(call.isExecuted()).isTrue();
        assertRequests(1);
    }

    @ParameterizedTest
    @EnumSource
    void rejectedBody_thatIsLongOrSlow_isNotWaitedFor(Way way) throws Exception {
        RealTime.assertOnce(() -> {
            int before = server.requests().size();
            server.then(Reply.of(503).body(new byte[4_000_000]), ServerFault.drip(503, "x".repeat(50), 60))
                    .otherwise(Reply.of(200).body("ok"));

            assertThat(result(way, retrying(), get())).isEqualTo("200 ok");

            List<Received> requests = server.requests();
            assertThat(requests).hasSize(before + 3);
            assertThat(Duration.ofNanos(requests.get(before + 2).nanos()
                            - requests.get(before + 1).nanos()))
                    .isLessThan(Duration.ofMillis(600));
        });
    }

    @Test
    void readTimeoutOfTheClient_thatIsShorter_counts() {
        server.otherwise(ServerFault.hang());
        OkHttpClient client =
                plain.newBuilder().readTimeout(Duration.ofMillis(50)).build();

        assertThatThrownBy(() -> Way.EXECUTE.send(retrying(client, POLICY), get()))
                .isInstanceOf(SocketTimeoutException.class);
        assertRequests(3);
        server.closeForcibly();
    }

    private void assertEndsInTime(Way way, ServerFault fault) {
        try (FaultyServer own = FaultyServer.start()) {
            own.otherwise(fault);
            Request request = get().newBuilder().url(own.uri().toString()).build();
            long start = System.nanoTime();

            String result = result(way, retrying(), request);

            assertThat(own.requests()).as(fault + ": " + result).hasSize(3);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as(fault + ": " + result)
                    .isBetween(Duration.ofMillis(900), Duration.ofMillis(1_600));
            own.closeForcibly();
        }
    }

    /** A server of HTTP/1.0 too. */
    @ParameterizedTest
    @EnumSource
    void bodyOfHttp10_thatIsSlowerThanAnAttempt_isReadToItsEnd(Way way) {
        server.otherwise(line -> {
            line.write("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n");
            line.pause(700);
            line.write("ok");
            return false;
        });

        assertThat(result(way, retrying(), get())).isEqualTo("200 ok");
        assertRequests(1);
    }

    /** The watchdog of Okio ends the calls of all clients in time. */
    @Test
    void callback_ofALateCall_runsOnNoThreadOfOkio() throws Exception {
        server.otherwise(UNAVAILABLE);
        OkHttpClient client =
                plain.newBuilder().callTimeout(Duration.ofSeconds(1)).build();
        CompletableFuture<String> thread = new CompletableFuture<>();
        retrying(client, RetryPolicy.parse("max-attempts=3 base-delay=1m jitter=none"))
                .newCall(get())
                .enqueue(new Callback() {
                    @Override
                    public void onResponse(Call call, Response response) {
                        thread.complete("response");
                    }

                    @Override
                    public void onFailure(Call call, IOException failure) {
                        thread.complete(Thread.currentThread().getName());
                    }
                });

        assertThat(thread.get(30, TimeUnit.SECONDS)).doesNotContain("Okio");
    }
}
