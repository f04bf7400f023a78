package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request whose body is a file that changes its length while the call lasts. */
@ParameterizedClass
@EnumSource(Sender.class)
class ClientRequestFileTest {

    private static final int LENGTH = 100_000;

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    @TempDir
    Path folder;

    ClientRequestFileTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> put(BodyPublisher body) throws Exception {
        return put(body, event -> {});
    }

    private HttpResponse<String> put(BodyPublisher body, RetryListener more) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri()).PUT(body).build();
        return sender.by(listener.client("").withListener(more)).send(request, BodyHandlers.ofString());
    }

    /** Changes a file when the first attempt has ended: until then the client may read it. */
    private static RetryListener changing(Path file, int length) {
        return event -> {
            if (event instanceof RetryEvent.AttemptFailed failed
                    && failed.attempt().number() == 1) {
                try {
                    Files.write(file, new byte[length]);
                } catch (IOException full) {
                    throw new UncheckedIOException(full);
                }
            }
        };
    }

    private Path file() throws IOException {
        return Files.write(folder.resolve("body"), new byte[LENGTH]);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, LENGTH - 1, LENGTH + 1, 3 * LENGTH})
    void send_fileThatChangesBeforeTheSecondAttempt_returnsTheFirstResponse(int length) throws Exception {
        Path file = file();
        server.then(Reply.of(503).body("busy"));
        HttpResponse<String> response = put(BodyPublishers.ofFile(file), changing(file, length));

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("busy");
        assertThat(listener.attempts()).isEqualTo(2);
        assertThat(listener.reason()).isEqualTo(StopReason.INPUT_CONSUMED);
        assertThat(listener.failures().get(1).outcome().toString())
                .contains("PUT http://127.0.0.1")
                .contains(length < LENGTH ? "is shorter than" : "is longer than")
                .contains("the 100000 bytes that it had when the body was made");
    }

    @Test
    void send_fileThatChangesAfterAFailure_throwsTheFirstFailure() throws Exception {
        Path file = file();
        server.then(ServerFault.reset());
        assertThatThrownBy(() -> put(BodyPublishers.ofFile(file), changing(file, 10)))
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("bytes that it had");
        assertThat(listener.attempts()).isEqualTo(2);
    }

    @Test
    void send_fileThatHasChangedBefore_isNotRetried() throws Exception {
        BodyPublisher body = BodyPublishers.ofFile(file());
        Files.write(folder.resolve("body"), new byte[10]);
        assertThatThrownBy(() -> put(body))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is shorter than the 100000 bytes that it had");
        assertThat(listener.attempts()).isEqualTo(1);
    }

    @Test
    void send_fileThatIsTheSame_isSentAgain() throws Exception {
        server.then(Reply.of(503), Reply.of(503));
        assertThat(put(BodyPublishers.ofFile(file())).statusCode()).isEqualTo(200);
        assertThat(server.requests()).extracting(seen -> seen.body().length).containsOnly(LENGTH);
    }
}
