package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.testsupport.RealTime;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An attempt ends in time, body included, and so does the call. */
@ParameterizedClass
@EnumSource
class ClientTimeoutTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final ShortDelayTime time = new ShortDelayTime();

    ClientTimeoutTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpRequest put(Optional<Duration> timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri()).PUT(BodyPublishers.noBody());
        timeout.ifPresent(request::timeout);
        return request.build();
    }

    private HttpResponse<String> send(String policy) throws Exception {
        return sender.by(listener.client(PLAIN, policy, time)).send(put(Optional.empty()), BodyHandlers.ofString());
    }

    static Stream<Named<Supplier<ServerFault>>> slowness() {
        return Stream.of(
                Named.of("hang", ServerFault::hang),
                Named.of("hang in body", () -> ServerFault.hangInBody(200, "12345")),
                Named.of("hang in body of 404", () -> ServerFault.hangInBody(404, "12345")),
                Named.of("drip", () -> ServerFault.drip(200, "x".repeat(1_000), 20)));
    }

    @ParameterizedTest
    @MethodSource("slowness")
    void send_attemptThatTakesTooLong_isCancelledAndRetried(Supplier<ServerFault> slow) throws Exception {
        server.then(slow.get());

        assertThat(send("attempt-timeout=500ms").body()).isEqualTo("ok");
        assertThat(listener.outcomes()).containsExactly("timeout", "ok");
        await().untilAsserted(() ->
                assertThat(server.abandoned()).as("its connection is closed").isEqualTo(1));
    }

    @ParameterizedTest
    @MethodSource("slowness")
    void send_attemptsThatTakeTooLong_endWithATimeoutException(Supplier<ServerFault> slow) {
        server.then(slow.get(), slow.get());

        assertThatExceptionOfType(HttpTimeoutException.class)
                .isThrownBy(() -> send("max-attempts=2 attempt-timeout=300ms"))
                .withMessageContaining("300 ms");
        assertThat(listener.outcomes()).containsExactly("timeout", "timeout");
        assertThat(listener.reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
        // On a slow machine the time may be up before the server has read the request.
        await().until(() -> server.openConnections() == 0);
    }

    @ParameterizedTest
    @MethodSource("slowness")
    void send_totalTimeout_boundsARunningAttempt(Supplier<ServerFault> slow) {
        server.then(slow.get());

        assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(() -> send("total-timeout=500ms"));
        assertThat(listener.reason()).isEqualTo(StopReason.TOTAL_TIMEOUT);
        assertThat(listener.end().history().elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(500));
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void send_slowBodyWithinItsTime_isRead() throws Exception {
        server.then(ServerFault.drip(200, "slowly", 20));

        assertThat(send("attempt-timeout=5s").body()).isEqualTo("slowly");
        assertThat(listener.attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "3s, , 9s, 3000",
        "3s, 2s, 9s, 2000",
        "2s, 3s, 9s, 2000",
        "8s, 7s, 8s, 7000",
        "'', 4s, 9s, 4000",
        "'', 9s, 5s, 5000",
        "'', , 6s, 6000",
    })
    void send_attempt_hasTheLeastOfTheThreeTimeouts(String policy, String request, String total, long expectedMillis)
            throws Exception {
        Optional<Duration> own = Optional.ofNullable(request).map(text -> Duration.parse("PT" + text));
        String attempt = policy.isEmpty() ? "" : " attempt-timeout=" + policy;

        ShortDelayTime stopped = new ShortDelayTime() {
            @Override
            public long nanoTime() {
                return 0;
            }
        };

        sender.by(listener.client(PLAIN, "total-timeout=" + total + attempt, stopped))
                .send(put(own), BodyHandlers.ofString());

        assertThat(stopped.alarms()).containsExactly(Duration.ofMillis(expectedMillis));
    }

    @Test
    void send_noTimeoutAtAll_setsNoAlarm() throws Exception {
        send("total-timeout=off");

        assertThat(time.alarms()).isEmpty();
    }

    @Test
    void send_timeoutOfTheRequest_coversTheBodyToo() {
        server.then(ServerFault.hangInBody(200, "12345"));

        assertThatExceptionOfType(HttpTimeoutException.class)
                .isThrownBy(() -> sender.by(listener.client(PLAIN, "max-attempts=1 total-timeout=off"))
                        .send(put(Optional.of(Duration.ofMillis(150))), BodyHandlers.ofString()));
        assertThat(listener.outcomes()).containsExactly("timeout");
    }

    @Test
    void send_timeoutOfTheRequestOfCenturies_isNoTimeout() throws Exception {
        Duration centuries = ChronoUnit.YEARS.getDuration().multipliedBy(1_000);

        assertThat(sender.by(listener.client(PLAIN, "total-timeout=off"))
                        .send(put(Optional.of(centuries)), BodyHandlers.ofString())
                        .body())
                .isEqualTo("ok");
    }

    @Test
    void send_secondAttempt_hasWhatIsLeftOfTheTotalTimeout() {
        server.then(Reply.of(503), ServerFault.hang());

        assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(() -> send("total-timeout=1s"));
        assertThat(listener.outcomes()).containsExactly("503", "timeout");
        assertThat(time.alarms().get(1)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void send_drainOfTheLastAnswer_countsAsTimeOfTheNextAttempt() {
        server.then(ServerFault.hangInBody(503, "12345"), ServerFault.hang());

        assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(() -> send("total-timeout=1s"));

        Duration second = time.alarms().get(1);
        long began = listener.end().history().first().get(1).startNanos();
        assertThat(second.plusNanos(began))
                .as("the alarm was set when 100 ms had gone by in the drain")
                .isLessThan(Duration.ofMillis(910));
    }

    @Test
    void send_drainOfTheLastAnswer_endsWithTheAttempt() throws Exception {
        // The drain ends after 100 ms on its own.
        RealTime.assertOnce(() -> {
            try (FaultyServer fresh = FaultyServer.start(ServerFault.hangInBody(503, "12345"), ServerFault.hang())) {
                RecordingListener calls = new RecordingListener();
                HttpClient client = calls.client(PLAIN, "attempt-timeout=60ms max-attempts=2", time);
                HttpRequest request = HttpRequest.newBuilder(fresh.uri())
                        .PUT(BodyPublishers.noBody())
                        .build();
                assertThatExceptionOfType(HttpTimeoutException.class)
                        .isThrownBy(() -> sender.by(client).send(request, BodyHandlers.ofString()));
                assertThat(calls.outcomes()).containsExactly("503", "timeout");
                assertThat(fresh.requests())
                        .as("the second attempt ends in the drain")
                        .hasSize(1);
            }
        });
    }

    @Test
    void send_bodyThatTheCallerStreams_isNotUnderTheTimeout() throws Exception {
        server.then(ServerFault.dripChunked(200, "0123456789", 60));

        try (InputStream body = sender.by(listener.client(PLAIN, "attempt-timeout=500ms", time))
                .send(put(Optional.empty()), BodyHandlers.ofInputStream())
                .body()) {
            assertThat(body.readAllBytes()).asString().isEqualTo("0123456789");
        }
        assertThat(listener.attempts()).isEqualTo(1);
    }

    @Test
    void send_manyTimeouts_areEachTakenBack() throws Exception {
        for (int i = 0; i < 20; i++) {
            sender.by(new RecordingListener().client(PLAIN, "attempt-timeout=5s", time))
                    .send(put(Optional.empty()), BodyHandlers.ofString());
        }

        assertThat(time.alarms()).hasSize(20);
        await().untilAsserted(() -> assertThat(time.pending()).isZero());
        assertThat(List.copyOf(server.requests())).hasSize(20);
    }
}
