package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.mizosoft.methanol.Methanol;
import com.github.mizosoft.methanol.MutableRequest;
import com.github.mizosoft.methanol.TaggableRequest;
import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Methanol inside and outside. */
class MethanolTest {

    private final Retry retry = Retry.of(RetryPolicy.parse("base-delay=1ms budget=off"));
    private final Tags tags = new Tags();
    private ScriptedServer server;

    @AfterEach
    void close() {
        server.close();
    }

    /** Keeps the tag of each request that goes through an interceptor. */
    private static final class Tags implements Methanol.Interceptor {

        private final List<Optional<String>> seen = new CopyOnWriteArrayList<>();

        @Override
        public <T> HttpResponse<T> intercept(HttpRequest request, Chain<T> chain)
                throws IOException, InterruptedException {
            seen.add(TaggableRequest.tagOf(request, String.class));
            return chain.forward(request);
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> interceptAsync(HttpRequest request, Chain<T> chain) {
            seen.add(TaggableRequest.tagOf(request, String.class));
            return chain.forwardAsync(request);
        }
    }

    private HttpRequest request() {
        return MutableRequest.GET(server.uri()).tag(String.class, "tag").toImmutableRequest();
    }

    @Test
    void send_withMethanolInside_showsEachAttemptAndItsTagToInterceptors() throws Exception {
        server = ScriptedServer.responding(503, 503, 200);
        HttpClient client =
                RetryingHttpClient.of(Methanol.newBuilder().interceptor(tags).build(), retry);
        assertThat(client.send(request(), BodyHandlers.ofString()).body()).isEqualTo("done");
        assertThat(tags.seen).containsExactly(Optional.of("tag"), Optional.of("tag"), Optional.of("tag"));
    }

    @Test
    void sendAsync_withMethanolInside_showsEachAttemptAndItsTagToInterceptors() {
        server = start(503, 200);
        HttpClient client =
                RetryingHttpClient.of(Methanol.newBuilder().interceptor(tags).build(), retry);
        assertThat(client.sendAsync(request(), BodyHandlers.ofString()).join().body())
                .isEqualTo("done");
        assertThat(tags.seen).containsExactly(Optional.of("tag"), Optional.of("tag"));
    }

    /** Interceptors of the client see one call, those of the backend each exchange that Methanol itself makes. */
    @Test
    void send_withMethanolOutside_showsOneCallToInterceptors() throws Exception {
        server = ScriptedServer.responding(503, 200);
        HttpClient client = Methanol.newBuilder(RetryingHttpClient.of(HttpClient.newHttpClient(), retry))
                .interceptor(tags)
                .build();
        BodyHandler<String> handler = BodyHandlers.ofString();
        assertThat(client.send(request(), handler).body()).isEqualTo("done");
        assertThat(tags.seen).containsExactly(Optional.of("tag"));
        assertThat(server.requests()).hasSize(2);
    }

    private static ScriptedServer start(Integer... statuses) {
        try {
            return ScriptedServer.responding(statuses);
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }
}
