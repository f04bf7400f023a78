package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.ServerFault;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A blocking attempt ends in its time by an interrupt, of which nothing is left. */
class ClientInterruptingLimitTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        server.close();
        assertThat(Thread.interrupted()).as("the interrupt flag").isFalse();
    }

    @Test
    void attempt_thatHangs_endsInItsTimeAndLeavesNoFlag() {
        server.otherwise(ServerFault.hang());
        assertThatExceptionOfType(HttpTimeoutException.class)
                .isThrownBy(() -> listener.client(PLAIN, "max-attempts=2 attempt-timeout=150ms")
                        .send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString()));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(listener.outcomes()).containsExactly("timeout", "timeout");
    }

    @Test
    void attempt_whosePublisherBlocksOnThisThread_endsInItsTimeAndLeavesNoFlag() {
        CountDownLatch never = new CountDownLatch(1);
        BodyPublisher blocking = BodyPublishers.fromPublisher(subscriber -> {
            try {
                never.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted in the midst of the caller's code", interrupted);
            }
        });
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> listener.client(PLAIN, "max-attempts=1 attempt-timeout=150ms")
                        .send(HttpRequest.newBuilder(server.uri()).PUT(blocking).build(), BodyHandlers.ofString()));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void attempt_ofAClientThatIgnoresInterrupts_takesAsLongAsThatClientDoes() throws Exception {
        HttpClient stubborn = new PassingOn(PLAIN) {
            @Override
            public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
                return super.sendAsync(request, handler).join();
            }
        };
        server.then(ServerFault.drip(200, "0123456789", 30));
        HttpResponse<String> response = listener.client(stubborn, "max-attempts=1 attempt-timeout=100ms")
                .send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo("0123456789");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    /** The limit and the response meet at any moment: whichever wins, the flag is clear and the next request works. */
    @RepeatedTest(20)
    void attempts_thatEndAroundTheirLimit_leaveNoFlag() throws Exception {
        server.otherwise(ServerFault.drip(200, "x", 5));
        HttpClient client = RetryingHttpClient.of(
                PLAIN, listener.retry("max-attempts=1 attempt-timeout=6ms", dev.respite.time.TimeSource.system()));
        for (int i = 0; i < 10; i++) {
            try {
                client.send(
                        HttpRequest.newBuilder(server.uri())
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        BodyHandlers.ofString());
            } catch (HttpTimeoutException late) {
                // One of the two endings.
            }
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }
}
