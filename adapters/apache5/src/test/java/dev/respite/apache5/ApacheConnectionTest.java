package dev.respite.apache5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.faulty.Reply;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.async.methods.SimpleResponseConsumer;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connections of attempts that something else than their exchange has ended, and what is sent on them. */
class ApacheConnectionTest extends ApacheFixture {

    /** Throws an exception as an interceptor may. */
    @SuppressWarnings("unchecked")
    private static <X extends Exception> void interrupt() throws X {
        throw (X) new IOException("by an interceptor");
    }

    /** The pool has one connection, and the interceptor has a response when it throws. */
    @Test
    void connection_ofAResponseThatAnInterceptorRejects_isFreeForTheNextAttempt() throws Exception {
        server.then(UNAVAILABLE).otherwise(Reply.of(200).body("ok"));
        PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(1)
                .build();
        HttpClientBuilder builder = HttpClients.custom()
                .setConnectionManager(pool)
                .addExecInterceptorAfter(ChainElement.RETRY.name(), "strict", (request, scope, chain) -> {
                    ClassicHttpResponse response = chain.proceed(request, scope);
                    if (response.getCode() == 503) {
                        throw new SocketException("busy");
                    }
                    return response;
                });
        try (CloseableHttpClient client = retrying().install(builder).build()) {
            CompletableFuture<String> result = new CompletableFuture<>();
            assertThatCode(() -> result.complete(client.execute(
                            get().classic(),
                            response -> response.getCode() + " " + EntityUtils.toString(response.getEntity()))))
                    .doesNotThrowAnyException();

            assertThat(result).isCompletedWithValue("200 ok");
            assertThat(pool.getTotalStats().getLeased()).isZero();
        }
        assertRequests(2);
    }

    /** Its first attempt was sent, which states nothing about the second. */
    @ParameterizedTest
    @EnumSource
    void post_whoseSecondAttemptSendsNothing_isSentAgain(Way way) {
        server.then(Reply.of(429)).otherwise(Reply.of(201).body("made"));
        HttpRetry retry = HttpRetry.of(Retry.of(POLICY)).withUnprocessed429(server.uri());
        AtomicInteger attempts = new AtomicInteger();
        try (TestClient client = way.open(builder -> {
            builder.install(ApacheRetry.of(retry));
            builder.after(ChainElement.PROTOCOL, () -> {
                if (attempts.incrementAndGet() == 2) {
                    ApacheConnectionTest.<RuntimeException>interrupt();
                }
            });
        })) {
            assertThat(client.send(post())).isEqualTo("201 made");
        }
        assertThat(attempts).hasValue(3);
        assertRequests(2);
    }

    /** The attempt has ended in its time, while it waited for a connection. */
    @Test
    void connection_thatAnAttemptGetsAfterItsEnd_isReleased() throws Exception {
        PoolingAsyncClientConnectionManager pool =
                PoolingAsyncClientConnectionManagerBuilder.create().build();
        AtomicReference<Runnable> late = new AtomicReference<>();
        HttpAsyncClientBuilder builder = HttpAsyncClients.custom()
                .setConnectionManager(pool)
                .addExecInterceptorBefore(
                        ChainElement.CONNECT.name(), "late", (request, body, scope, chain, callback) -> {
                            Runnable proceed = () -> {
                                try {
                                    chain.proceed(request, body, scope, callback);
                                } catch (HttpException | IOException failed) {
                                    callback.failed(failed);
                                }
                            };
                            if (!late.compareAndSet(null, proceed)) {
                                proceed.run();
                            }
                        });
        try (CloseableHttpAsyncClient client = retrying().install(builder).build()) {
            client.start();
            client.execute(get().asynchronous(), SimpleResponseConsumer.create(), null)
                    .get(30, TimeUnit.SECONDS);
            await().until(() -> pool.getTotalStats().getLeased() == 0);

            late.get().run();

            await().until(() -> pool.getTotalStats().getLeased() == 0);
        }
        assertRequests(1);
    }
}
