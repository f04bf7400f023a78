package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On which threads the caller's code runs: never on one that others wait for. */
class ClientThreadsTest {

    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final ExecutorService single = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "the client's");
        thread.setDaemon(true);
        return thread;
    });

    @AfterEach
    void close() {
        server.close();
        single.shutdownNow();
    }

    private HttpRequest request() {
        return HttpRequest.newBuilder(server.uri()).build();
    }

    /** Remembers the thread on which it receives that its body has failed. */
    private static final class Failing implements BodySubscriber<String> {
        private final CompletableFuture<String> body = new CompletableFuture<>();
        private final CompletableFuture<Subscription> subscribed = new CompletableFuture<>();
        private final CompletableFuture<Thread> reported = new CompletableFuture<>();

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscribed.complete(subscription);
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {}

        @Override
        public void onError(Throwable error) {
            reported.complete(Thread.currentThread());
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            body.complete("");
        }
    }

    @ParameterizedTest
    @EnumSource
    void send_lastBodyThatHangs_isEndedOnNoTimersThread(Sender sender) throws Exception {
        server.otherwise(ServerFault.hangInBody(503, "12345"));
        Failing reader = new Failing();
        HttpClient client = listener.client(RecordingListener.plain(), "max-attempts=1 attempt-timeout=1s");

        assertThatExceptionOfType(HttpTimeoutException.class)
                .isThrownBy(() -> sender.by(client).send(request(), info -> reader));
        Thread thread = reader.reported.get(30, TimeUnit.SECONDS);
        assertThat(thread.getName()).isNotEqualTo("respite-timer");
        if (sender == Sender.WAITING) {
            assertThat(thread).isSameAs(Thread.currentThread());
        }
    }

    /** What depends on an answer may wait for another, though the client has but one thread: that one reads. */
    @Test
    void sendAsync_dependentThatSends_findsTheClientFree() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        CountDownLatch reading = new CountDownLatch(1);
        server.then(line -> {
            received.await();
            line.write("HTTP/1.1 503 \r\nContent-Length: 4\r\n\r\nbu");
            reading.await();
            line.write("sy");
            return true;
        });
        LeapingTime time = counting(TimeSource.system(), reading);
        HttpClient client =
                listener.client(RecordingListener.builder().executor(single).build(), "max-attempts=1", time);
        CompletableFuture<String> fallback = client.sendAsync(request(), BodyHandlers.ofString())
                .thenApply(first -> first.body() + " " + sendNow(client));
        received.countDown();

        assertThat(fallback.get(60, TimeUnit.SECONDS)).isEqualTo("busy ok");
    }

    @Test
    void sendAsync_lastAnswerThatWasHeld_isHandedOverInTheExecutor() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        server.then(line -> {
            received.await();
            return Reply.of(503).body("busy").act(line);
        });
        TimeSource time = TimeSource.on(task -> new Thread(task, "executor").start());
        CompletableFuture<String> thread = listener.client(
                        RecordingListener.builder().executor(single).build(), "max-attempts=1", time)
                .sendAsync(request(), BodyHandlers.ofString())
                .thenApply(last -> Thread.currentThread().getName());
        received.countDown();

        assertThat(thread.get(60, TimeUnit.SECONDS)).isEqualTo("executor");
    }

    @Test
    void sendAsync_lastBodyThatBreaksOff_isReportedInTheExecutor() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        CountDownLatch reading = new CountDownLatch(1);
        server.then(line -> {
            received.await();
            line.write("HTTP/1.1 503 \r\nContent-Length: 10\r\n\r\n12345");
            reading.await();
            return false;
        });
        TimeSource executor = TimeSource.on(task -> new Thread(task, "executor").start());
        CompletableFuture<String> thread = listener.client(
                        RecordingListener.builder().executor(single).build(),
                        "max-attempts=1",
                        counting(executor, reading))
                .sendAsync(request(), BodyHandlers.ofString())
                .handle((last, error) -> Thread.currentThread().getName());
        received.countDown();

        assertThat(thread.get(60, TimeUnit.SECONDS)).isEqualTo("executor");
    }

    /** The attempt's time is limited first, then that of reading its body: the failure shows which. */
    private static LeapingTime counting(TimeSource time, CountDownLatch reading) {
        AtomicInteger limits = new AtomicInteger();
        return new LeapingTime(time, nanos -> {
            if (limits.incrementAndGet() == 2) {
                reading.countDown();
            }
            return nanos;
        });
    }

    private String sendNow(HttpClient client) {
        try {
            return client.send(request(), BodyHandlers.ofString()).body();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            throw new AssertionError("nothing interrupts", stopped);
        }
    }
}
