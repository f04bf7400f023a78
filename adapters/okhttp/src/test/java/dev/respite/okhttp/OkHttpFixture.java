package dev.respite.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;

/** A client of OkHttp, and a server that counts its requests. */
abstract class OkHttpFixture {

    static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=3 attempt-timeout=300ms base-delay=1ms jitter=none budget=off");
    static final Reply UNAVAILABLE = Reply.of(503).body("busy");

    final FaultyServer server = FaultyServer.start();
    final OkHttpClient plain = new OkHttpClient();

    /** The reasons why calls have ended. */
    final List<StopReason> reasons = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        plain.connectionPool().evictAll();
        plain.dispatcher().executorService().shutdown();
        server.close();
    }

    OkHttpRetry retrying(OkHttpClient client, RetryPolicy policy) {
        return OkHttpRetry.of(client, HttpRetry.of(Retry.of(policy).withListener(event -> {
            if (event instanceof RetryEvent.CallEnded ended) {
                reasons.add(ended.reason());
            }
        })));
    }

    OkHttpRetry retrying() {
        return retrying(plain, POLICY);
    }

    OkHttpRetry keyed() {
        return OkHttpRetry.of(
                plain, HttpRetry.of(Retry.of(POLICY)).withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri())));
    }

    Request get() {
        return new Request.Builder().url(server.uri("/orders").toString()).build();
    }

    Request post() {
        return post(RequestBody.create("tea", MediaType.get("text/plain")));
    }

    Request post(RequestBody body) {
        return get().newBuilder().post(body).build();
    }

    /** Sends a request and returns the status, or the class of the failure. */
    static String result(Way way, OkHttpRetry retry, Request request) {
        try (Response response = way.send(retry, request)) {
            return response.code() + " " + response.body().string();
        } catch (IOException failed) {
            return failed.getClass().getSimpleName();
        }
    }

    void assertRequests(int expected) {
        assertThat(server.requests()).hasSize(expected);
    }
}
