package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.respite.Retry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.policy.RetryPolicy;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The builder is a JDK builder with all its options, and it builds a client that retries. */
class ClientBuilderTest {

    private FaultyServer server = FaultyServer.start();

    @AfterEach
    void close() {
        server.close();
    }

    private HttpRequest post() {
        return HttpRequest.newBuilder(server.uri())
                .POST(BodyPublishers.ofString("100 EUR"))
                .build();
    }

    private HttpRequest get() {
        return HttpRequest.newBuilder(server.uri()).build();
    }

    private void respond(int... statuses) {
        server.close();
        ServerFault[] script = new ServerFault[statuses.length];
        for (int i = 0; i < statuses.length; i++) {
            script[i] = Reply.of(statuses[i]);
        }
        server = FaultyServer.start(script);
    }

    /** Also those that a JDK newer than the one we compile for has: there this test fails if one is missing. */
    @Test
    void everyOption_ofThisJdk_isPassedOnAndReturnsThisBuilder() throws Exception {
        List<String> passedOn = new ArrayList<>();
        HttpClient.Builder options = (HttpClient.Builder) Proxy.newProxyInstance(
                HttpClient.Builder.class.getClassLoader(),
                new Class<?>[] {HttpClient.Builder.class},
                (proxy, method, arguments) -> {
                    passedOn.add(method.getName());
                    return method.getName().equals("build") ? HttpClient.newHttpClient() : proxy;
                });
        RetryingBuilder builder = new RetryingBuilder(options, RetryingHttpClient::of);

        List<Method> methods = Stream.of(HttpClient.Builder.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .toList();
        for (Method method : methods) {
            Object[] arguments = Stream.of(method.getParameterTypes())
                    .map(type -> type == int.class ? (Object) 1 : null)
                    .toArray();
            Object result = RetryingBuilder.class
                    .getMethod(method.getName(), method.getParameterTypes())
                    .invoke(builder, arguments);
            if (method.getName().equals("build")) {
                assertThat(result).isInstanceOf(RetryingHttpClient.class);
            } else {
                assertThat(result).as(method.getName()).isSameAs(builder);
            }
        }
        assertThat(passedOn)
                .hasSizeGreaterThanOrEqualTo(11)
                .containsExactlyElementsOf(methods.stream().map(Method::getName).toList());
    }

    @Test
    void newBuilder_withDefaults_buildsAClientThatRetriesAndHasItsOptions() throws Exception {
        respond(503, 200);
        HttpClient client = RetryingHttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(7))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        assertThat(client.connectTimeout()).contains(Duration.ofSeconds(7));
        assertThat(client.send(get(), BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void newBuilder_ofARetry_buildsClientsThatShareBudgetsAndCounts() throws Exception {
        respond(503, 503, 503, 503, 503, 503);
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=2 base-delay=1ms budget=success:0.5/10/10"));
        HttpClient.Builder builder = RetryingHttpClient.newBuilder(retry);
        builder.build().send(get(), BodyHandlers.discarding());
        builder.build().send(get(), BodyHandlers.discarding());
        // The retry of an overload signal costs all that there is.
        assertThat(server.requests()).hasSize(3);
        assertThat(retry.counts().attempts()).isEqualTo(3);
    }

    @Test
    void newBuilder_ofARetryThatJudgesValues_isRefusedAtOnce() {
        Retry judging =
                Retry.of(RetryPolicy.defaults().withClassifier(outcome -> dev.respite.outcome.Verdict.accept()));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> RetryingHttpClient.newBuilder(judging))
                .withMessageContaining("retry-on");
    }

    @Test
    void newBuilder_ofAClient_buildsClientsWithItsKeys() throws Exception {
        respond(503, 200);
        RetryingHttpClient keyed = RetryingHttpClient.of(
                        HttpClient.newHttpClient(), Retry.of(RetryPolicy.parse("base-delay=1ms")))
                .withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri()));
        HttpClient client = RetryingHttpClient.newBuilder(keyed)
                .connectTimeout(Duration.ofSeconds(7))
                .build();
        assertThat(client.send(post(), BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        assertThat(client.connectTimeout()).contains(Duration.ofSeconds(7));
        assertThat(keyed.connectTimeout()).isEmpty();
    }

    @Test
    void newBuilder_ofAClient_buildsClientsThatShareItsBudgets() throws Exception {
        respond(503, 503, 503, 503);
        RetryingHttpClient first = RetryingHttpClient.of(
                HttpClient.newHttpClient(),
                Retry.of(RetryPolicy.parse("max-attempts=2 base-delay=1ms budget=success:0.5/10/10")));
        first.send(get(), BodyHandlers.discarding());
        RetryingHttpClient.newBuilder(first).build().send(get(), BodyHandlers.discarding());
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void localAddress_onANewerJdk_isThatOfTheConnection() throws Exception {
        respond(200);
        HttpClient client = ((RetryingBuilder) RetryingHttpClient.newBuilder())
                .localAddress(InetAddress.getLoopbackAddress())
                .build();
        assertThat(client.send(get(), BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    }

    @Test
    @DisabledForJreRange(min = JRE.JAVA_19)
    void localAddress_onAnOlderJdk_isRefusedWithTheReason() {
        RetryingBuilder builder = (RetryingBuilder) RetryingHttpClient.newBuilder();
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> builder.localAddress(InetAddress.getLoopbackAddress()))
                .withMessageContaining("JDK 19");
    }
}
