package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a sink of the caller has received is not delivered again within one call. */
@ParameterizedClass
@EnumSource(Sender.class)
class Rule27NothingIsDeliveredTwiceTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    @SuppressWarnings("JdkObsolete") // written by threads of the client
    private final StringBuffer received = new StringBuffer();

    Rule27NothingIsDeliveredTwiceTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private BodyHandler<Void> sink() {
        return BodyHandlers.ofByteArrayConsumer(
                bytes -> bytes.ifPresent(some -> received.append(new String(some, StandardCharsets.UTF_8))));
    }

    private <T> HttpResponse<T> send(HttpClient client, BodyHandler<T> handler) throws Exception {
        return sender.by(client).send(HttpRequest.newBuilder(server.uri()).build(), handler);
    }

    static Stream<Named<Supplier<ServerFault>>> halves() {
        return Stream.of(
                Named.of("of unknown length", () -> ServerFault.halfChunked(200, "12345")),
                Named.of("of a million bytes", () -> ServerFault.longHalf(200, "12345")));
    }

    @ParameterizedTest
    @MethodSource("halves")
    void send_halfForASink_isDeliveredOnceAndNotRetried(Supplier<ServerFault> half) {
        server.then(half.get());

        assertThatThrownBy(() -> send(listener.client(PLAIN, ""), sink())).isInstanceOf(IOException.class);

        assertThat(received).hasToString("12345");
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.PARTLY_DELIVERED);
    }

    @Test
    void send_halfOfAShortBodyForASink_isRetriedAndDeliveredWhole() throws Exception {
        server.then(ServerFault.half(200, "12345"), ServerFault.half(200, "1234567"));

        assertThat(send(listener.client(PLAIN, ""), sink()).statusCode()).isEqualTo(200);

        assertThat(received).hasToString("ok");
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void send_halfOfAShortEventStream_isDeliveredAsItArrives() {
        server.then(line -> {
            line.write("HTTP/1.1 200 \r\nContent-Type: text/event-stream; charset=utf-8\r\n");
            line.write("Content-Length: 100\r\n\r\ndata: 1\n\n");
            return false;
        });

        assertThatThrownBy(() -> send(listener.client(PLAIN, ""), sink())).isInstanceOf(IOException.class);

        assertThat(received).hasToString("data: 1\n\n");
        assertThat(listener.reason()).isEqualTo(StopReason.PARTLY_DELIVERED);
    }

    @Test
    void send_bodyThatBreaksOffBeforeItsFirstByte_isRetried() throws Exception {
        server.then(line -> {
            line.write("HTTP/1.1 200 \r\nContent-Length: 1000000\r\n\r\n");
            return false;
        });

        assertThat(send(listener.client(PLAIN, ""), sink()).statusCode()).isEqualTo(200);
        assertThat(received).hasToString("ok");
    }

    @Test
    void send_bodyThatHangsForASink_timesOutAndIsNotRetried() {
        server.then(ServerFault.hangInLongBody(200, "12345"));

        assertThatThrownBy(() -> send(listener.client(PLAIN, "attempt-timeout=300ms"), sink()))
                .isInstanceOf(HttpTimeoutException.class);

        assertThat(received).hasToString("12345");
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.PARTLY_DELIVERED);
    }

    @ParameterizedTest
    @MethodSource("halves")
    void send_halfForAMappedCollector_isNotRetried(Supplier<ServerFault> half) {
        // The JDK's mapping subscriber hides whether the inner subscriber begins anew.
        server.then(half.get());
        BodyHandler<Integer> length =
                info -> BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), String::length);

        assertThatThrownBy(() -> send(listener.client(PLAIN, ""), length)).isInstanceOf(IOException.class);
        assertThat(listener.reason()).isEqualTo(StopReason.PARTLY_DELIVERED);
    }

    @Test
    void send_halvesForALineSubscriber_giveEachLineOnce() throws Exception {
        server.then(ServerFault.half(200, "one\ntwo\n")).otherwise(Reply.of(200).body("one\ntwo\nthree\n"));
        List<String> lines = new CopyOnWriteArrayList<>();

        send(listener.client(PLAIN, ""), BodyHandlers.fromLineSubscriber(new Lines(lines)));

        assertThat(lines).containsExactly("one", "two", "three");
    }

    @Test
    void send_shortBodyOfAStatusThatIsNotRetried_reachesTheSinkWhole() throws Exception {
        server.then(Reply.of(404).body("x".repeat(60_000)));
        send(listener.client(PLAIN, ""), sink());
        assertThat(received).hasToString("x".repeat(60_000));
    }

    private record Lines(List<String> lines) implements Flow.Subscriber<String> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            lines.add(line);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }
}
