package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A preparation and a policy for single requests, with the JDK's client over sockets. */
@ParameterizedClass
@EnumSource(Sender.class)
class ClientPreparationTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final AtomicInteger prepared = new AtomicInteger();

    ClientPreparationTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private int send(HttpClient client, HttpRequest request) throws Exception {
        return sender.by(client).send(request, BodyHandlers.ofString()).statusCode();
    }

    private HttpRequest put() {
        return HttpRequest.newBuilder(server.uri("/a"))
                .PUT(BodyPublishers.ofString("body"))
                .build();
    }

    private static HttpRequest changed(HttpRequest request, UnaryOperator<HttpRequest.Builder> change) {
        return change.apply(HttpRequest.newBuilder(request, (name, value) -> true))
                .build();
    }

    @Test
    void preparation_signsEachAttemptWithItsHeadersAndBody() throws Exception {
        server.then(ServerFault.reset(), Reply.of(503));
        RetryingHttpClient client = listener.client(PLAIN, "")
                .withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri()))
                .withRequestPreparation((request, attempt) -> changed(
                        request,
                        copy -> copy.setHeader(
                                "Signature",
                                attempt.number() + "/" + prepared.incrementAndGet() + "/"
                                        + request.headers()
                                                .firstValue("Respite-Attempt")
                                                .orElse("first") + "/"
                                        + request.headers()
                                                .firstValue("Idempotency-Key")
                                                .isPresent())));

        HttpRequest post = HttpRequest.newBuilder(server.uri("/a"))
                .POST(BodyPublishers.ofString("body"))
                .build();
        assertThat(send(client, post)).isEqualTo(200);

        assertThat(server.requests())
                .extracting(request -> request.values("Signature").get(0))
                .containsExactly("1/1/first/true", "2/2/2/true", "3/3/3/true");
        assertThat(server.requests()).extracting(FaultyServer.Received::text).containsOnly("body");
    }

    @Test
    void preparation_ofAQueryAndOfARecordedBody_isSent() throws Exception {
        server.then(Reply.of(503));
        RetryingHttpClient client = listener.client(PLAIN, "")
                .withRequestPreparation((request, attempt) ->
                        changed(request, copy -> copy.uri(URI.create(request.uri() + "?signed=" + attempt.number()))));
        HttpRequest put = HttpRequest.newBuilder(server.uri("/a"))
                .PUT(BodyPublishers.fromPublisher(BodyPublishers.ofString("once"), 4))
                .build();

        assertThat(send(client, put)).isEqualTo(200);
        assertThat(server.requests())
                .extracting(FaultyServer.Received::target)
                .containsExactly("/a?signed=1", "/a?signed=2");
        assertThat(server.requests()).extracting(FaultyServer.Received::text).containsOnly("once");
    }

    @Test
    void preparation_thatFails_isNotRetriedAndReachesTheCaller() {
        IOException noToken = new IOException("the token server is down");
        RetryingHttpClient client = listener.client(PLAIN, "retry-on=any")
                .withRequestPreparation((request, attempt) -> {
                    prepared.incrementAndGet();
                    throw noToken;
                });

        assertThatThrownBy(() -> send(client, put())).isSameAs(noToken);
        assertThat(prepared).hasValue(1);
        assertThat(server.requests()).isEmpty();
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
        assertThat(listener.outcomes()).containsExactly("preparation");
    }

    @Test
    void preparation_thatFailsInTheSecondAttempt_endsTheCall() {
        server.then(Reply.of(503));
        RetryingHttpClient client = listener.client(PLAIN, "").withRequestPreparation((request, attempt) -> {
            if (attempt.number() == 2) {
                throw new IllegalStateException("signed out");
            }
            return request;
        });

        assertThatThrownBy(() -> send(client, put())).hasMessage("signed out");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void preparation_ofAnotherMethodOriginOrBody_isRefused() {
        List<UnaryOperator<HttpRequest.Builder>> wrong = List.of(
                copy -> copy.method("PATCH", BodyPublishers.ofString("body")),
                copy -> copy.PUT(BodyPublishers.ofString("another")),
                copy -> copy.uri(URI.create("http://localhost:1/a")));
        for (UnaryOperator<HttpRequest.Builder> change : wrong) {
            RetryingHttpClient client = new RecordingListener()
                    .client(PLAIN, "")
                    .withRequestPreparation((request, attempt) -> changed(request, change));
            assertThatThrownBy(() -> send(client, put()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another method, origin or body")
                    .hasMessageContaining("HttpRequest.newBuilder(request");
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void withPolicy_forOneRequest_sharesBudgetAndCounts() throws Exception {
        server.otherwise(Reply.of(500));
        RetryingHttpClient client =
                RetryingHttpClient.of(PLAIN, listener.retry("budget=success:0.5/5/5", TimeSource.system()));
        HttpRequest get = HttpRequest.newBuilder(server.uri()).build();

        send(client.withPolicy(RetryPolicy.parse("max-attempts=5 base-delay=1ms max-delay=1ms")), get);
        assertThat(server.requests()).hasSize(5);
        send(client, get);
        assertThat(server.requests()).as("one token was left").hasSize(5 + 2);
    }

    @Test
    void withPolicy_thatWouldNotTakeEffect_isRefused() {
        RetryingHttpClient client = listener.client(PLAIN, "");
        assertThatThrownBy(() -> client.withPolicy(RetryPolicy.parse("budget=success:0.5/5/5")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("would not be used");
    }
}
