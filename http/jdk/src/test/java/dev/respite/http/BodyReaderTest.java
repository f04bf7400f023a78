package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The body of a response on its way to the caller's subscriber. */
class BodyReaderTest {

    private static final String LONG = "100000";

    private final ExchangeState state = new ExchangeState();
    private final Reader reader = new Reader();
    private final Connection connection = new Connection();

    /** Counts the items that a reader requests of the client. */
    private static final class Connection implements Subscription {
        long requested;
        boolean cancelled;

        @Override
        public void request(long n) {
            requested += n;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    /** The caller's subscriber, which requests items one by one. */
    private static class Reader implements BodySubscriber<String> {
        final CompletableFuture<String> body = new CompletableFuture<>();
        final List<String> signals = new ArrayList<>();
        Subscription subscription;

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            given.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {
            bytes.forEach(
                    some -> signals.add(StandardCharsets.US_ASCII.decode(some).toString()));
        }

        @Override
        public void onError(Throwable error) {
            signals.add(error.getMessage());
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            signals.add("complete");
            body.complete("whole");
        }
    }

    private static ResponseInfo info(String... fields) {
        Map<String, List<String>> headers = fields.length == 0
                ? Map.of()
                : fields.length == 2
                        ? Map.of(fields[0], List.of(fields[1]))
                        : Map.of(fields[0], List.of(fields[1]), fields[2], List.of(fields[3]));
        return new VirtualServer.Info(200, HttpHeaders.of(headers, (name, value) -> true));
    }

    private <T> BodyReader<T> to(BodySubscriber<T> subscriber, ResponseInfo info) {
        return BodyReader.of(subscriber, info, state, Runnable::run);
    }

    /** A body of a length that is passed on as it arrives. */
    private BodyReader<String> passedOn() {
        BodyReader<String> body = to(reader, info("Content-Length", LONG));
        body.getBody();
        body.onSubscribe(connection);
        return body;
    }

    /** A body that is collected first. */
    private BodyReader<String> collected() {
        BodyReader<String> body = to(reader, info("Content-Length", "3"));
        body.getBody();
        body.onSubscribe(connection);
        return body;
    }

    private static List<ByteBuffer> bytes(String text) {
        return List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static CompletableFuture<Body<String>> result(BodyReader<String> body) {
        return body.getBody().toCompletableFuture();
    }

    @ParameterizedTest
    @CsvSource({
        "0, , true",
        "65536, , true",
        "65536, text/html, true",
        "65537, , false",
        "-1, , false",
        "100, text/event-stream, false",
        "100, Text/Event-Stream; charset=utf-8, false"
    })
    void onNext_declaredLengthAndType_decideWhetherTheBodyIsCollected(long length, String type, boolean collects) {
        ResponseInfo info = length < 0
                ? info()
                : type == null
                        ? info("Content-Length", "" + length)
                        : info("Content-Length", "" + length, "Content-Type", type);
        BodyReader<String> body = to(reader, info);
        body.getBody();
        body.onSubscribe(connection);
        body.onNext(bytes("abc"));

        assertThat(reader.signals).isEqualTo(collects ? List.of() : List.of("abc"));
        assertThat(connection.requested).isEqualTo(collects ? Long.MAX_VALUE : 1);
        assertThat(state.seal()).isEqualTo(!collects);
    }

    @Test
    void onComplete_ofACollectedBody_deliversAllOfItOnce() {
        BodyReader<String> body = collected();
        body.onNext(bytes("ab"));
        body.onNext(bytes("c"));
        assertThat(result(body)).isNotDone();
        body.onComplete();

        assertThat(reader.signals).containsExactly("ab", "c", "complete");
        assertThat(result(body)).isCompletedWithValue(new Body.Read<>("whole"));
        assertThat(state.seal()).isTrue();
    }

    @Test
    void onComplete_ofACollectedBodyWhoseAttemptHasEnded_deliversNothing() {
        BodyReader<String> body = collected();
        body.onNext(bytes("abc"));
        state.seal();
        body.onComplete();

        assertThat(reader.signals).isEmpty();
        assertThat(result(body)).isNotDone();
    }

    @Test
    void onError_ofACollectedBody_deliversNothing() {
        IOException broken = new IOException("broken");
        BodyReader<String> body = collected();
        body.onNext(bytes("ab"));
        body.onError(broken);

        assertThat(reader.signals).isEmpty();
        assertThat(result(body)).failsWithin(Duration.ZERO).withThrowableThat().withCause(broken);
        assertThat(state.readerFailure()).isNull();
        assertThat(state.seal()).isFalse();
    }

    @Test
    void onComplete_ofABodyThatIsPassedOn_completesItsResult() {
        BodyReader<String> body = passedOn();
        body.onNext(bytes("a"));
        reader.subscription.request(4);
        assertThat(connection.requested).isEqualTo(5);
        body.onNext(bytes("b"));
        body.onComplete();

        assertThat(reader.signals).containsExactly("a", "b", "complete");
        assertThat(result(body)).isCompletedWithValue(new Body.Read<>("whole"));
        assertThat(connection.cancelled).isFalse();
        assertThat(state.readerFailure()).isNull();
    }

    @Test
    void onNext_afterTheAttemptHasEnded_deliversNothingAndEndsTheExchange() {
        BodyReader<String> body = passedOn();
        state.seal();
        body.onNext(bytes("a"));

        assertThat(reader.signals).isEmpty();
        assertThat(connection.cancelled).isTrue();
    }

    @Test
    void onError_ofABodyThatIsPassedOn_isNoFailureOfTheReader() {
        IOException broken = new IOException("broken");
        BodyReader<String> body = passedOn();
        body.onError(broken);

        assertThat(reader.signals).containsExactly("broken");
        assertThat(result(body)).failsWithin(Duration.ZERO).withThrowableThat().withCause(broken);
        assertThat(state.readerFailure()).isNull();
    }

    /** The client reports the cancellation as a failure of the exchange. */
    @Test
    void onError_afterTheReaderHasCancelled_isTheReadersFailure() {
        BodyReader<String> body = passedOn();
        reader.subscription.cancel();
        assertThat(connection.cancelled).isTrue();
        IOException cancelled = new IOException("cancelled");
        body.onError(cancelled);

        assertThat(state.readerFailure()).isSameAs(cancelled);
    }

    @Test
    void getBody_resultThatFailsByItself_isTheReadersFailure() {
        IllegalStateException bug = new IllegalStateException("bug");
        BodyReader<String> body = passedOn();
        reader.body.completeExceptionally(bug);

        assertThat(result(body)).failsWithin(Duration.ZERO).withThrowableThat().withCause(bug);
        assertThat(state.readerFailure()).isSameAs(bug);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onNext_readerThatThrows_failsTheBodyAndEndsTheExchange(boolean collects) {
        IllegalStateException bug = new IllegalStateException("bug");
        Reader throwing = new Reader() {
            @Override
            public void onNext(List<ByteBuffer> bytes) {
                throw bug;
            }
        };
        BodyReader<String> body = to(throwing, info("Content-Length", collects ? "3" : LONG));
        body.getBody();
        body.onSubscribe(connection);
        body.onNext(bytes("abc"));
        if (collects) {
            body.onComplete();
        }

        assertThat(result(body)).failsWithin(Duration.ZERO).withThrowableThat().withCause(bug);
        assertThat(state.readerFailure()).isSameAs(bug);
        assertThat(connection.cancelled).isTrue();
    }

    @Test
    void getBody_readerThatThrows_failsTheBody() {
        IllegalStateException bug = new IllegalStateException("bug");
        BodyReader<String> body = to(
                new Reader() {
                    @Override
                    public CompletionStage<String> getBody() {
                        throw bug;
                    }
                },
                info());

        assertThat(result(body)).failsWithin(Duration.ZERO).withThrowableThat().withCause(bug);
        assertThat(state.readerFailure()).isSameAs(bug);
    }

    /** A file begins anew in the next attempt. */
    @Test
    void onNext_subscriberOfAFile_mayReceiveTheBodyAgain(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("body");
        BodyReader<Path> body = to(BodySubscribers.ofFile(file), info("Content-Length", "3"));
        body.getBody();
        body.onSubscribe(connection);
        body.onNext(bytes("abc"));
        assertThat(file).as("is written as it arrives").hasContent("abc");
        body.onComplete();

        assertThat(state.seal()).isFalse();
        assertThat(Files.readString(file)).isEqualTo("abc");
    }

    @Test
    void isInMemory_subscribersOfTheJdk_areCollectorsOrNot() {
        assertThat(BodyReader.isInMemory(BodySubscribers.ofByteArray())).isTrue();
        assertThat(BodyReader.isInMemory(BodySubscribers.ofString(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(BodyReader.isInMemory(BodySubscribers.discarding())).isTrue();
        assertThat(BodyReader.isInMemory(BodySubscribers.ofInputStream())).isFalse();
        assertThat(BodyReader.isInMemory(reader)).isFalse();
    }
}
