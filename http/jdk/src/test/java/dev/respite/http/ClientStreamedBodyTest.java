package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.ServerFault;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A streamed body may take longer than the timeouts of the policy; a silent server ends it. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class ClientStreamedBodyTest {

    private static final String TEXT = "0123456789";

    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    @Parameter
    Sender sender;

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        server.close();
    }

    /** Reads all of a body by one of the JDK's handlers that stream. */
    enum Streaming {
        FILE {
            @Override
            String read(ClientStreamedBodyTest test, String policy) throws Exception {
                return Files.readString(test.send(BodyHandlers.ofFile(test.folder.resolve("body")), policy));
            }
        },
        INPUT_STREAM {
            @Override
            String read(ClientStreamedBodyTest test, String policy) throws Exception {
                try (InputStream body = test.send(BodyHandlers.ofInputStream(), policy)) {
                    return new String(body.readAllBytes(), StandardCharsets.UTF_8);
                }
            }
        },
        LINES {
            @Override
            String read(ClientStreamedBodyTest test, String policy) throws Exception {
                try (Stream<String> lines = test.send(BodyHandlers.ofLines(), policy)) {
                    return lines.collect(Collectors.joining());
                }
            }
        },
        PUBLISHER {
            @Override
            String read(ClientStreamedBodyTest test, String policy) throws Exception {
                return collect(test.send(BodyHandlers.ofPublisher(), policy)).get();
            }
        };

        abstract String read(ClientStreamedBodyTest test, String policy) throws Exception;
    }

    private static CompletableFuture<String> collect(Publisher<List<ByteBuffer>> body) {
        CompletableFuture<String> text = new CompletableFuture<>();
        StringBuilder bytes = new StringBuilder();
        body.subscribe(new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(List<ByteBuffer> more) {
                more.forEach(buffer -> bytes.append(StandardCharsets.UTF_8.decode(buffer)));
            }

            @Override
            public void onError(Throwable error) {
                text.completeExceptionally(error);
            }

            @Override
            public void onComplete() {
                text.complete(bytes.toString());
            }
        });
        return text;
    }

    private <T> T send(BodyHandler<T> handler, String policy) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri()).build();
        return sender.by(listener.client(policy)).send(request, handler).body();
    }

    @ParameterizedTest
    @EnumSource
    void send_streamedBodyBeyondTheTotalTimeout_isRead(Streaming handler) throws Exception {
        server.then(ServerFault.dripChunked(200, TEXT, 80));

        assertThat(handler.read(this, "total-timeout=500ms")).isEqualTo(TEXT);
        assertThat(listener.attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void send_shortStreamedBodyBeyondTheTimeouts_isRead(Streaming handler) throws Exception {
        server.then(ServerFault.drip(200, TEXT, 80));

        assertThat(handler.read(this, "total-timeout=600ms attempt-timeout=500ms"))
                .isEqualTo(TEXT);
        assertThat(listener.attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void send_serverThatFallsSilent_endsTheStreamAndNamesTheKey(Streaming handler) {
        server.otherwise(ServerFault.hangInLongBody(200, "12345"));

        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> handler.read(this, "max-attempts=1 attempt-timeout=800ms"))
                .withStackTraceContaining("HttpTimeoutException: no byte of the body for 800 ms")
                .withStackTraceContaining("attempt-timeout");
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void send_fileWhoseServerFallsSilent_isRetried() throws Exception {
        server.then(ServerFault.hangInLongBody(200, "12345"));

        Path file = send(BodyHandlers.ofFile(folder.resolve("body")), "attempt-timeout=200ms");

        assertThat(Files.readString(file)).startsWith("ok");
        assertThat(listener.outcomes()).containsExactly("timeout", "ok");
    }

    @Test
    void send_bufferedBodyBeyondTheTotalTimeout_isCutAndNamesTheKey() {
        server.then(ServerFault.dripChunked(200, TEXT, 80));

        assertThatExceptionOfType(HttpTimeoutException.class)
                .isThrownBy(() -> send(BodyHandlers.ofString(), "total-timeout=300ms"))
                .withMessageContaining("300 ms (total-timeout)");
    }

    @Test
    void send_headLaterThanTheTotalTimeout_isCut() {
        server.then(ServerFault.hang());

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> send(BodyHandlers.ofInputStream(), "total-timeout=300ms"))
                .withMessageContaining("total-timeout");
    }
}
