package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.testsupport.RealTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Half an answer: a failed attempt where the handler collects the body, the caller's matter where it streams. */
@ParameterizedClass
@EnumSource
class ClientBrokenAnswerTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    @TempDir
    private Path folder;

    ClientBrokenAnswerTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    static Stream<Named<Supplier<ServerFault>>> halves() {
        return Stream.of(
                Named.of("by length", () -> ServerFault.half(200, "12345")),
                Named.of("chunked", () -> ServerFault.halfChunked(200, "12345")));
    }

    private <T> HttpResponse<T> send(BodyHandler<T> handler) throws Exception {
        HttpRequest put = HttpRequest.newBuilder(server.uri())
                .PUT(BodyPublishers.noBody())
                .build();
        return sender.by(listener.client(PLAIN, "")).send(put, handler);
    }

    private void expectTwoAttempts() {
        assertThat(listener.outcomes()).containsExactly("io", "ok");
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("halves")
    void send_halfForAString_isRetried(Supplier<ServerFault> half) throws Exception {
        server.then(half.get());

        assertThat(send(BodyHandlers.ofString()).body()).isEqualTo("ok");
        expectTwoAttempts();
    }

    @ParameterizedTest
    @MethodSource("halves")
    void send_halfForBytes_isRetried(Supplier<ServerFault> half) throws Exception {
        server.then(half.get());

        assertThat(send(BodyHandlers.ofByteArray()).body()).asString().isEqualTo("ok");
        expectTwoAttempts();
    }

    @ParameterizedTest
    @MethodSource("halves")
    void send_halfThatIsDiscarded_isRetried(Supplier<ServerFault> half) throws Exception {
        server.then(half.get());

        assertThat(send(BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        expectTwoAttempts();
    }

    @ParameterizedTest
    @MethodSource("halves")
    void send_halfForAFile_isRetriedAndTheFileIsRight(Supplier<ServerFault> half) throws Exception {
        server.then(half.get()).otherwise(Reply.of(200).body("1234567890"));

        Path file = send(BodyHandlers.ofFile(folder.resolve("body"))).body();

        assertThat(file).content().isEqualTo("1234567890");
        expectTwoAttempts();
    }

    @ParameterizedTest
    @MethodSource("halves")
    void send_longerHalfForAFileThatIsTruncated_leavesTheFileRight(Supplier<ServerFault> half) throws Exception {
        server.then(half.get()).otherwise(Reply.of(200).body("ok"));

        BodyHandler<Path> truncating = BodyHandlers.ofFile(
                folder.resolve("body"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);

        assertThat(send(truncating).body()).content().isEqualTo("ok");
        expectTwoAttempts();
    }

    @ParameterizedTest
    @MethodSource("halves")
    void send_halfToTheLast_throwsTheClientsException(Supplier<ServerFault> half) {
        server.then(half.get(), half.get(), half.get());

        assertThatThrownBy(() -> send(BodyHandlers.ofString())).isInstanceOf(IOException.class);
        assertThat(listener.outcomes()).containsExactly("io", "io", "io");
        assertThat(listener.reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    static Stream<Named<Supplier<ServerFault>>> longHalves() {
        return Stream.of(
                Named.of("of a million bytes", () -> ServerFault.longHalf(200, "12345")),
                Named.of("of unknown length", () -> ServerFault.halfChunked(200, "12345")));
    }

    @ParameterizedTest
    @MethodSource("longHalves")
    void send_halfForAStream_isTheCallersMatter(Supplier<ServerFault> half) throws Exception {
        server.then(half.get());

        try (InputStream stream = send(BodyHandlers.ofInputStream()).body()) {
            assertThat(stream.readNBytes(5)).asString().isEqualTo("12345");
            // On a thread of its own: the JDK's stream is not interrupted by the time limit of a test.
            CompletableFuture<Integer> next = CompletableFuture.supplyAsync(() -> read(stream));
            assertThat(next)
                    .failsWithin(RealTime.patience())
                    .withThrowableThat()
                    .havingRootCause()
                    .isInstanceOf(IOException.class);
        }
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.ACCEPTED);
    }

    private static int read(InputStream stream) {
        try {
            return stream.read();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Test
    void send_halfOfAShortBodyForAStream_isRetried() throws Exception {
        server.then(ServerFault.half(200, "12345"));

        assertThat(send(BodyHandlers.ofInputStream()).body()).hasContent("ok");
        expectTwoAttempts();
    }

    @Test
    void send_headersThatBreakOff_isRetried() throws Exception {
        server.then(line -> {
            line.write("HTTP/1.1 200 \r\nContent-Le");
            return false;
        });

        assertThat(send(BodyHandlers.ofString()).body()).isEqualTo("ok");
        expectTwoAttempts();
    }

    @Test
    void send_fileThatCannotBeWritten_isNotRetried() {
        Path nowhere = folder.resolve("missing").resolve("body");

        assertThatThrownBy(() -> send(info -> HttpResponse.BodySubscribers.ofFile(nowhere)))
                .isInstanceOf(IOException.class);
        assertThat(Files.exists(nowhere)).isFalse();
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }
}
