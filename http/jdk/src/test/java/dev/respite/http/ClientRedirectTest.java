package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirections: an answer like any other, unless the wrapped client follows them. */
@ParameterizedClass
@EnumSource
class ClientRedirectTest {

    private static final HttpClient FOLLOWING = RecordingListener.builder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    ClientRedirectTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> send(HttpClient plain, String method) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/old"))
                .method(method, BodyPublishers.ofString("x"))
                .build();
        return sender.by(listener.client(plain, "")).send(request, BodyHandlers.ofString());
    }

    private static Reply moved(int status) {
        return Reply.of(status).header("Location", "/new").body("moved");
    }

    /** The POST was processed, and its redirect made a GET. */
    @Test
    void withUnprocessed429_postThatWasRedirected_isNotSentAgain() throws Exception {
        server.then(moved(303));
        server.then(Reply.of(429));
        RetryingHttpClient client =
                listener.client(RecordingListener.plain(), "").withUnprocessed429(server.uri());
        HttpClient following = RetryingHttpClient.newBuilder(client)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        HttpRequest post = HttpRequest.newBuilder(server.uri("/old"))
                .POST(BodyPublishers.ofString("x"))
                .build();

        assertThat(sender.by(following).send(post, BodyHandlers.ofString()).statusCode())
                .isEqualTo(429);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void withUnprocessed429_ofAClientThatFollowsRedirects_isRejected() {
        RetryingHttpClient following = RetryingHttpClient.of(FOLLOWING);
        assertThatThrownBy(() -> following.withUnprocessed429(URI.create("https://api.example.com")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("follows redirects")
                .hasMessageContaining("Redirect.NEVER");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void send_redirectionThatIsNotFollowed_isAccepted(int status) throws Exception {
        server.then(moved(status));

        HttpResponse<String> response = send(RecordingListener.plain(), "PUT");

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo("moved");
        assertThat(listener.reason()).isEqualTo(StopReason.ACCEPTED);
    }

    @Test
    void send_redirectionThatIsFollowed_isPartOfTheAttempt() throws Exception {
        server.then(moved(307));

        HttpResponse<String> response = send(FOLLOWING, "PUT");

        assertThat(response.body()).isEqualTo("ok");
        assertThat(response.uri()).isEqualTo(server.uri("/new"));
        assertThat(listener.attempts()).isEqualTo(1);
        HttpResponse<String> before = response.previousResponse().orElseThrow();
        assertThat(before.statusCode()).isEqualTo(307);
        assertThat(before.body()).isNull();
        assertThat(before.previousResponse()).isEmpty();
    }

    @Test
    void send_errorBehindARedirection_isRetriedFromTheBeginning() throws Exception {
        server.then(moved(307), Reply.of(503).body("busy"), moved(307));

        assertThat(send(FOLLOWING, "PUT").body()).isEqualTo("ok");
        assertThat(server.requests().stream().map(FaultyServer.Received::target))
                .containsExactly("/old", "/new", "/old", "/new");
        assertThat(listener.outcomes()).containsExactly("503", "ok");
    }

    @Test
    void send_postThatBecameAGet_isStillAPost() throws Exception {
        server.then(moved(303), Reply.of(503).body("busy"));

        assertThat(send(FOLLOWING, "POST").body()).isEqualTo("busy");
        assertThat(server.requests().stream().map(FaultyServer.Received::method))
                .containsExactly("POST", "GET");
        assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    private HttpResponse<String> pay(HttpClient plain, String header, URI... honouring) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/old"))
                .header(header, "1")
                .POST(BodyPublishers.ofString("pay"))
                .build();
        RetryingHttpClient client =
                listener.client(plain, "").withIdempotencyKeys(IdempotencyKeys.supportedBy(honouring));
        return sender.by(client).send(request, BodyHandlers.ofString());
    }

    @Test
    void send_mintedKeyAtAServerThatWasNotNamed_isNotTrusted() throws Exception {
        try (FaultyServer other = FaultyServer.start(Reply.of(503).body("busy"))) {
            server.then(Reply.of(307).header("Location", other.uri("/new").toString()));

            assertThat(pay(FOLLOWING, "X-Other", server.uri()).body()).isEqualTo("busy");
            assertThat(other.requests()).hasSize(1);
            assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        }
    }

    @Test
    void send_mintedKeyAtAnotherServerThatIsNamed_isTrusted() throws Exception {
        try (FaultyServer other = FaultyServer.start(Reply.of(503))) {
            Reply moved = Reply.of(307).header("Location", other.uri("/new").toString());
            server.then(moved, moved);

            assertThat(pay(FOLLOWING, "X-Other", server.uri(), other.uri()).statusCode())
                    .isEqualTo(200);
            assertThat(other.requests()).hasSize(2);
        }
    }

    @Test
    void send_mintedKeyAndNoAnswer_isTrustedOnlyWhereNothingIsFollowed() throws Exception {
        server.then(ServerFault.reset());
        assertThatThrownBy(() -> pay(FOLLOWING, "X-Other", server.uri())).isInstanceOf(IOException.class);
        assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);

        server.then(ServerFault.reset());
        assertThat(pay(RecordingListener.plain(), "X-Other", server.uri()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void send_keyOfTheCaller_isTrustedWhereverItGoes() throws Exception {
        try (FaultyServer other = FaultyServer.start(Reply.of(503))) {
            Reply moved = Reply.of(307).header("Location", other.uri("/new").toString());
            server.then(moved, moved);

            assertThat(pay(FOLLOWING, "Idempotency-Key", server.uri()).statusCode())
                    .isEqualTo(200);
            assertThat(other.requests()).hasSize(2);
        }
    }

    @Test
    void send_exhaustedBehindARedirection_returnsTheLastAnswerWithItsBody() throws Exception {
        for (int i = 0; i < 3; i++) {
            server.then(moved(302), Reply.of(503).body("busy"));
        }

        HttpResponse<String> response = send(FOLLOWING, "GET");

        assertThat(response.body()).isEqualTo("busy");
        assertThat(response.previousResponse()).isPresent();
    }
}
