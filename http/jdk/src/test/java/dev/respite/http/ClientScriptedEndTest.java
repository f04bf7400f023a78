package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call that its caller ends while a response waits for its reader, without sockets. */
class ClientScriptedEndTest {

    private static final HttpRequest GET =
            HttpRequest.newBuilder(URI.create("http://localhost/orders")).build();

    private final VirtualTime time = new VirtualTime();
    private final ScriptedClient client = new ScriptedClient(time);
    private final RecordingListener listener = new RecordingListener();

    /** Time whose waiting thread is interrupted in each delay. */
    private final TimeSource interrupting = new TimeSource.Forwarding() {
        @Override
        public void sleep(long nanos) throws InterruptedException {
            throw new InterruptedException();
        }

        @Override
        public TimeSource delegate() {
            return time;
        }
    };

    @AfterEach
    void clearFlag() {
        Thread.interrupted();
    }

    private HttpResponse<String> sendInterrupted() throws Exception {
        RetryingHttpClient retrying = listener.client(client, "", interrupting);
        return client.send(Sender.WAITING, retrying, GET, BodyHandlers.ofString())
                .join();
    }

    private CompletableFuture<HttpResponse<String>> hedged() {
        CompletableFuture<HttpResponse<String>> call = listener.client(client, "", time)
                .withHedging(Duration.ofMillis(10))
                .sendAsync(GET, BodyHandlers.ofString());
        time.runAll();
        assertThat(call).isCompleted();
        return call;
    }

    private void at(long millis, Runnable act) {
        time.schedule(act::run, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static void ok(ScriptedClient.Exchange<?> exchange) {
        exchange.respond(200).body("ok");
    }

    @Test
    void send_interruptedInTheDelay_returnsTheRejectedResponse() throws Exception {
        client.then(busy -> busy.respond(503).body("busy"));
        HttpResponse<String> response =
                listener.client(client, "", interrupting).send(GET, BodyHandlers.ofString());

        assertThat(response.body()).isEqualTo("busy");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void send_interruptedInTheDelayAfterTheBodyWasCut_returnsTheResponseWithTheReason() throws Exception {
        client.then(busy -> busy.respond(503, "Content-Length", "100000"));
        HttpResponse<String> response = sendInterrupted();

        assertThat(response.statusCode()).isEqualTo(503);
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(response::body)
                .withMessageContaining("longer than 65536 bytes");
    }

    /** It has 100 ms to arrive. */
    @Test
    void send_interruptedInTheDelayWhileTheBodyArrives_returnsNoHalf() throws Exception {
        client.then(slow -> {
            slow.onRequest = () -> slow.bytes("half");
            slow.respond(503);
        });
        HttpResponse<String> response = sendInterrupted();

        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(response::body);
        assertThat(client.exchanges.get(0).cancelled).isTrue();
    }

    /** A response that could be retried does not win while another request runs. */
    @Test
    void sendAsync_hedgedResponseThatLoses_isReleased() {
        client.then(first -> at(20, () -> first.respond(503))).then(second -> at(20, () -> ok(second)));
        assertThat(hedged().join().body()).isEqualTo("ok");

        assertThat(client.exchanges.get(0).isReleased()).isTrue();
    }

    @Test
    void sendAsync_hedgedResponseWhileTheOtherIsRead_isReleased() {
        client.then(first -> {
            at(20, () -> first.respond(200));
            at(60, () -> first.body("ok"));
        });
        client.then(second -> at(20, () -> second.respond(200)));
        assertThat(hedged().join().body()).isEqualTo("ok");

        assertThat(client.exchanges.get(1).requested).isZero();
        assertThat(client.exchanges.get(1).cancelled).isTrue();
    }

    @Test
    void send_interruptedWhileTheLastBodyIsRead_cutsIt() {
        client.then(busy -> busy.respond(503));

        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> listener.client(client, "max-attempts=1", time)
                        .send(GET, info -> {
                            Thread.currentThread().interrupt();
                            return BodyHandlers.ofString().apply(info);
                        }));
        assertThat(client.exchanges.get(0).cancelled).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void cancel_whileTheLastBodyIsRead_cutsIt() {
        client.then(busy -> busy.respond(503));
        CompletableFuture<?> call =
                listener.client(client, "max-attempts=1", time).sendAsync(GET, BodyHandlers.ofString());
        assertThat(client.exchanges.get(0).requested).isPositive();
        assertThat(client.exchanges.get(0).cancelled).isFalse();
        call.cancel(false);

        assertThat(client.exchanges.get(0).cancelled).isTrue();
    }

    /** A client that wraps the JDK's may lose the cancellation of its future. */
    @ParameterizedTest
    @ValueSource(ints = {200, 503})
    void cancel_beforeTheHead_givesUpTheBodyWithoutAReader(int status) {
        AtomicInteger handled = new AtomicInteger();
        client.then(slow -> {});
        CompletableFuture<?> call = listener.client(client, "", time).sendAsync(GET, info -> {
            handled.incrementAndGet();
            return BodySubscribers.ofInputStream();
        });
        call.cancel(true);
        ScriptedClient.Exchange<?> late = client.exchanges.get(0);
        assertThat(late.isAborted()).isTrue();
        late.respond(status);

        assertThat(late.cancelled).isTrue();
        assertThat(handled).hasValue(0);
    }
}
