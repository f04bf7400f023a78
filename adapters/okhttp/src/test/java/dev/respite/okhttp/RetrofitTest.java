package dev.respite.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import retrofit2.Call;
import retrofit2.Retrofit;
import retrofit2.http.GET;

/** A service of Retrofit, whose calls are retried. */
class RetrofitTest {

    private final FaultyServer server = FaultyServer.start(Reply.of(503));
    private final OkHttpClient client = new OkHttpClient();
    private final Quotes quotes = new Retrofit.Builder()
            .baseUrl(server.uri().toString())
            .callFactory(OkHttpRetry.of(
                    client, HttpRetry.of(Retry.of(RetryPolicy.parse("base-delay=1ms acknowledge=short-delay")))))
            .build()
            .create(Quotes.class);

    interface Quotes {
        @GET("/")
        Call<ResponseBody> fetch();

        @GET("/")
        CompletableFuture<ResponseBody> fetchAsync();
    }

    @AfterEach
    void close() {
        client.connectionPool().evictAll();
        client.dispatcher().executorService().shutdown();
        server.close();
    }

    @Test
    void execute_whatIsUnavailable_isSentAgain() throws IOException {
        server.otherwise(Reply.of(200).body("ACME"));

        assertThat(quotes.fetch().execute().body().string()).isEqualTo("ACME");

        assertThat(server.requests()).hasSize(2);
    }

    /** A suspending function and a future enqueue their call. */
    @Test
    void enqueue_whatIsUnavailable_isSentAgain() throws Exception {
        server.otherwise(Reply.of(200).body("ACME"));

        assertThat(quotes.fetchAsync().get(30, TimeUnit.SECONDS).string()).isEqualTo("ACME");

        assertThat(server.requests()).hasSize(2);
    }
}
