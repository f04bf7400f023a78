package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Breaker;
import dev.respite.http.exchange.OriginBreakers;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow.Subscription;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A failure of the caller's own code is not retried under any policy, and the breaker of the server receives nothing. */
@ParameterizedClass
@EnumSource(Sender.class)
class Rule28FailuresOfTheCallersCodeTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final List<String> received = new CopyOnWriteArrayList<>();

    Rule28FailuresOfTheCallersCodeTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpClient client() {
        return listener.client(PLAIN, "retry-on=any").withBreakers(OriginBreakers.of(origin -> new Hearing(received)));
    }

    static Stream<Named<BodyHandler<String>>> bugs() {
        return Stream.of(
                Named.of("a handler that throws", info -> {
                    throw new IllegalStateException("bug");
                }),
                Named.of("a handler that returns nothing", info -> null),
                Named.of(
                        "a mapper that throws",
                        info -> BodySubscribers.mapping(text(), text -> {
                            throw new IllegalStateException("bug");
                        })),
                Named.of("a subscriber that throws in onSubscribe", info -> new Throwing("onSubscribe")),
                Named.of("a subscriber that throws in onNext", info -> new Throwing("onNext")),
                Named.of("a subscriber that throws in onComplete", info -> new Throwing("onComplete")),
                Named.of("a subscriber whose result fails", info -> new Throwing("result")));
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void send_shortBodyToAReaderThatFails_isNotRetried(BodyHandler<String> bug) {
        server.otherwise(Reply.of(200).body("ok"));
        expectNoRetry(bug);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void send_longBodyToAReaderThatFails_isNotRetried(BodyHandler<String> bug) {
        server.otherwise(Reply.of(200).body("x".repeat(100_000)));
        expectNoRetry(bug);
    }

    private void expectNoRetry(BodyHandler<String> bug) {
        assertThatThrownBy(() -> sender.by(client())
                        .send(HttpRequest.newBuilder(server.uri()).build(), bug))
                .isInstanceOf(Exception.class);
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
        assertThat(listener.outcomes()).containsExactly("reader");
        assertThat(received).containsExactly("abandoned");
    }

    @Test
    void send_bodyOfAPublisherThatFails_isNotRetried() {
        BodyPublisher failing = BodyPublishers.fromPublisher(subscriber -> subscriber.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                subscriber.onError(new IllegalStateException("bug"));
            }

            @Override
            public void cancel() {}
        }));

        assertThatThrownBy(() -> sender.by(client())
                        .send(HttpRequest.newBuilder(server.uri()).PUT(failing).build(), BodyHandlers.ofString()))
                .isInstanceOf(Exception.class);

        assertThat(server.requests()).isEmpty();
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
        assertThat(received).containsExactly("abandoned");
    }

    @Test
    void send_bodyThatBreaksOffOnTheWire_isTheServersFailure() throws Exception {
        server.then(ServerFault.half(200, "12345"));
        sender.by(client()).send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());
        assertThat(received).containsExactly("failed", "succeeded");
    }

    private static BodySubscriber<String> text() {
        return BodySubscribers.ofString(StandardCharsets.UTF_8);
    }

    private static final class Throwing implements BodySubscriber<String> {
        private final CompletableFuture<String> body = new CompletableFuture<>();
        private final String where;

        Throwing(String where) {
            this.where = where;
        }

        private void reach(String place) {
            if (place.equals(where)) {
                throw new IllegalStateException("bug");
            }
        }

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            reach("onSubscribe");
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {
            reach("onNext");
            if (where.equals("result")) {
                body.completeExceptionally(new IllegalStateException("bug"));
            }
        }

        @Override
        public void onError(Throwable error) {
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            reach("onComplete");
            body.complete("done");
        }
    }

    private record Hearing(List<String> received) implements Breaker {
        @Override
        public long acquire() {
            return 0;
        }

        @Override
        public void succeeded(long entered, Object value) {
            received.add("succeeded");
        }

        @Override
        public void failed(long entered, Throwable error) {
            received.add("failed");
        }

        @Override
        public void release() {
            received.add("abandoned");
        }

        @Override
        public boolean isRejection(Throwable failure) {
            return false;
        }

        @Override
        public Optional<Duration> remainingOpenTime() {
            return Optional.empty();
        }
    }
}
