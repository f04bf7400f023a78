package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.testsupport.RealTime;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** A drop-in: each accessor of an {@link HttpClient} is that of the wrapped one. */
class ClientDropInTest {

    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void accessors_always_areThoseOfTheWrappedClient() throws Exception {
        CookieHandler cookies = new CookieManager();
        Authenticator authenticator = new Authenticator() {};
        Executor executor = Runnable::run;
        SSLContext tls = SSLContext.getDefault();
        SSLParameters parameters = new SSLParameters(new String[] {"TLS_AES_128_GCM_SHA256"});
        HttpClient plain = HttpClient.newBuilder()
                .cookieHandler(cookies)
                .connectTimeout(Duration.ofSeconds(7))
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .proxy(HttpClient.Builder.NO_PROXY)
                .sslContext(tls)
                .sslParameters(parameters)
                .authenticator(authenticator)
                .version(HttpClient.Version.HTTP_1_1)
                .executor(executor)
                .build();

        HttpClient client = RetryingHttpClient.of(plain);

        assertThat(client.cookieHandler()).containsSame(cookies);
        assertThat(client.connectTimeout()).contains(Duration.ofSeconds(7));
        assertThat(client.followRedirects()).isEqualTo(HttpClient.Redirect.ALWAYS);
        assertThat(client.proxy()).contains(HttpClient.Builder.NO_PROXY);
        assertThat(client.sslContext()).isSameAs(tls);
        assertThat(client.sslParameters().getCipherSuites()).containsExactly("TLS_AES_128_GCM_SHA256");
        assertThat(client.authenticator()).containsSame(authenticator);
        assertThat(client.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(client.executor()).containsSame(executor);
    }

    @Test
    void accessors_ofAClientWithoutSettings_areEmpty() {
        HttpClient client = RetryingHttpClient.of(HttpClient.newHttpClient());

        assertThat(client.cookieHandler()).isEmpty();
        assertThat(client.connectTimeout()).isEmpty();
        assertThat(client.authenticator()).isEmpty();
        assertThat(client.executor()).isEmpty();
        assertThat(client.version()).isEqualTo(HttpClient.Version.HTTP_2);
    }

    @Test
    void methods_allThatHttpClientHasOnThisJdk_areForwarded() {
        List<String> inherited = Stream.of(HttpClient.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getDeclaringClass() != Object.class)
                .filter(method -> !isDeclared(method))
                .map(Method::getName)
                .toList();

        assertThat(inherited).as("methods of HttpClient that are not forwarded").isEmpty();
    }

    private static boolean isDeclared(Method method) {
        try {
            return RetryingHttpClient.class
                            .getMethod(method.getName(), method.getParameterTypes())
                            .getDeclaringClass()
                    == RetryingHttpClient.class;
        } catch (NoSuchMethodException missing) {
            return false;
        }
    }

    @Test
    void sendAsync_busyOnce_isRetried() throws Exception {
        server.then(Reply.of(503).body("busy"));
        HttpRequest get = HttpRequest.newBuilder(server.uri()).build();

        HttpResponse<String> response = Sender.LATER.by(listener.client("")).send(get, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok");
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void sendAsync_withAPushHandler_isForwarded() {
        HttpRequest post = HttpRequest.newBuilder(server.uri())
                .POST(BodyPublishers.ofString("x"))
                .build();
        PushPromiseHandler<String> pushes =
                PushPromiseHandler.of(request -> BodyHandlers.ofString(), new ConcurrentHashMap<>());

        CompletableFuture<HttpResponse<String>> response = listener.client("")
                .withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri()))
                .sendAsync(post, BodyHandlers.ofString(), pushes);

        assertThat(response)
                .succeedsWithin(RealTime.patience())
                .extracting(HttpResponse::body)
                .isEqualTo("ok");
        assertThat(server.requests().get(0).values("Idempotency-Key"))
                .as("nothing is added to what is not retried")
                .isEmpty();
    }

    @Test
    void newWebSocketBuilder_always_makesWebSocketsOfTheWrappedClient() {
        server.then(Reply.of(403));
        URI uri = URI.create(server.uri().toString().replace("http:", "ws:"));

        assertThat(listener.client("").newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {}))
                .failsWithin(Duration.ofSeconds(5));
        assertThat(server.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.values("Upgrade")).containsExactly("websocket"));
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_20)
    void lifecycle_beforeJdk21_isNotSupported() {
        RetryingHttpClient client = listener.client("");

        for (org.junit.jupiter.api.function.Executable method : List.<org.junit.jupiter.api.function.Executable>of(
                client::shutdown,
                client::shutdownNow,
                client::close,
                client::isTerminated,
                () -> client.awaitTermination(Duration.ZERO))) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(method::execute)
                    .withMessageContaining("JDK 21");
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void close_sinceJdk21_endsTheWrappedClient() throws Exception {
        RetryingHttpClient client = listener.client("");
        client.send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());
        assertThat(client.isTerminated()).isFalse();
        assertThat(client.awaitTermination(Duration.ofMillis(1))).isFalse();

        assertThat(CompletableFuture.runAsync(client::close)).succeedsWithin(RealTime.patience());

        assertThat(client.isTerminated()).isTrue();
        assertThat(client.awaitTermination(Duration.ofSeconds(1))).isTrue();
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void shutdown_sinceJdk21_endsTheWrappedClient() throws Exception {
        RetryingHttpClient client = listener.client("");

        client.shutdown();

        assertThat(client.awaitTermination(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void shutdownNow_sinceJdk21_breaksOffWhatRuns() {
        server.then(ServerFault.hang());
        RetryingHttpClient client = listener.client("max-attempts=1");
        Thread closer = new Thread(() -> {
            await().until(() -> !server.requests().isEmpty());
            client.shutdownNow();
        });
        closer.start();

        assertThatExceptionOfType(java.io.IOException.class)
                .isThrownBy(
                        () -> client.send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString()));
        await().until(() -> server.abandoned() == 1);
    }
}
