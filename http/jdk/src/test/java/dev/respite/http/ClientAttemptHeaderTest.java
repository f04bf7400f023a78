package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The header that carries the attempt's number. */
class ClientAttemptHeaderTest {

    private final FaultyServer server =
            FaultyServer.start(Reply.of(503), Reply.of(503), Reply.of(503)).otherwise(Reply.of(200));
    private final RetryingHttpClient client = new RecordingListener().client("max-attempts=4");

    @AfterEach
    void close() {
        server.close();
    }

    private List<List<String>> sentBy(RetryingHttpClient client, String header, String... own) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri()).header("X-Mine", "kept");
        if (own.length > 0) {
            request.headers(own);
        }
        assertThat(client.send(request.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
        assertThat(server.requests())
                .allSatisfy(sent -> assertThat(sent.values("X-Mine")).containsExactly("kept"));
        return server.requests().stream().map(sent -> sent.values(header)).toList();
    }

    @Test
    void send_attempts_areNumberedFromTheSecondOn() throws Exception {
        assertThat(sentBy(client, "Respite-Attempt"))
                .containsExactly(List.of(), List.of("2"), List.of("3"), List.of("4"));
    }

    @Test
    void withoutAttemptHeader_always_sendsNone() throws Exception {
        assertThat(sentBy(client.withoutAttemptHeader(), "Respite-Attempt")).containsOnly(List.of());
    }

    @Test
    void withoutAttemptHeader_ofTheOrigin_sendsNone() throws Exception {
        URI other = URI.create("https://api.example.com");
        RetryingHttpClient without = client.withoutAttemptHeader(server.uri()).withoutAttemptHeader(other);
        assertThat(sentBy(without, "Respite-Attempt")).containsOnly(List.of());
    }

    @Test
    void withoutAttemptHeader_ofAnotherOrigin_changesNothing() throws Exception {
        URI otherPort = URI.create("http://127.0.0.1:9/");
        assertThat(sentBy(client.withoutAttemptHeader(otherPort), "Respite-Attempt"))
                .containsExactly(List.of(), List.of("2"), List.of("3"), List.of("4"));
    }

    @Test
    void withoutAttemptHeader_withoutHost_isRejected() {
        assertThatThrownBy(() -> client.withoutAttemptHeader(URI.create("/charges")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("/charges: expected a scheme and a host, such as https://api.example.com");
    }

    @Test
    void send_headerOfTheCaller_staysInTheFirstAttemptOnly() throws Exception {
        assertThat(sentBy(client, "Respite-Attempt", "Respite-Attempt", "7"))
                .containsExactly(List.of("7"), List.of("2"), List.of("3"), List.of("4"));
    }
}
