package dev.respite.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that are cancelled leave nothing behind that is sent later. */
class OkHttpCancelTest extends OkHttpFixture {

    private static final RetryPolicy PATIENT = RetryPolicy.parse(
            "max-attempts=3 attempt-timeout=10m base-delay=10m jitter=none budget=off total-timeout=1h");

    /** One attempt runs, the others wait in the dispatcher. */
    @Test
    void cancel_ofEnqueuedCalls_endsTheirAttemptsThatRunOrAreQueued() {
        server.otherwise(ServerFault.hang());
        Dispatcher one = new Dispatcher();
        one.setMaxRequests(1);
        OkHttpClient client =
                plain.newBuilder().dispatcher(one).readTimeout(Duration.ZERO).build();
        OkHttpRetry retry = retrying(client, PATIENT);
        List<Call> calls = Stream.generate(() -> retry.newCall(get())).limit(3).toList();
        List<CompletableFuture<Response>> results =
                calls.stream().map(Way::enqueue).toList();
        await().until(() -> server.requests().size() == 1 && one.queuedCallsCount() == 2);

        calls.forEach(Call::cancel);

        assertThatThrownBy(() -> CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new))
                        .get(1, TimeUnit.MINUTES))
                .isInstanceOf(ExecutionException.class);
        await().until(() -> one.runningCallsCount() == 0 && one.queuedCallsCount() == 0);
        one.executorService().shutdown();
        server.closeForcibly();
    }

    /** The attempt has ended with a response that is retried, and its delay has not begun. */
    @ParameterizedTest
    @EnumSource(names = {"EXECUTE", "CLIENT"})
    void cancel_betweenAnAttemptAndItsDelay_endsTheCallAtOnce(Way way) {
        server.otherwise(UNAVAILABLE);
        OkHttpClient client = plain.newBuilder()
                .addInterceptor(chain -> {
                    Response response = chain.proceed(chain.request());
                    chain.call().cancel();
                    return response;
                })
                .build();

        CompletableFuture<String> result =
                CompletableFuture.supplyAsync(() -> result(way, retrying(client, PATIENT), get()));

        assertThat(result).succeedsWithin(Duration.ofMinutes(1)).isEqualTo("IOException");

        assertRequests(1);
        assertThat(reasons).containsExactly(StopReason.CANCELLED);
    }

    @ParameterizedTest
    @EnumSource
    void cancel_inAnAttempt_isNoFailureOfTheServer(Way way) {
        server.otherwise(ServerFault.hang());
        Call call = way.call(retrying(plain, PATIENT), get());
        CompletableFuture<Response> result = way.start(call);
        await().until(() -> server.requests().size() == 1);

        call.cancel();

        assertThat(result)
                .failsWithin(Duration.ofMinutes(1))
                .withThrowableThat()
                .withCauseInstanceOf(IOException.class);
        await().untilAsserted(() -> assertThat(reasons).containsExactly(StopReason.CANCELLED));
        server.closeForcibly();
    }
}
