package dev.respite.http;

import static dev.respite.testsupport.ForeignFailures.foreign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.testsupport.LogLines;
import dev.respite.time.TimeSource;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The scopes that are open on the calling thread while a request is sent. */
class ClientCallScopeTest {

    private static final String FRAME = "at com.example.Payments.pay";

    private final FaultyServer server = FaultyServer.start(Reply.of(503)).otherwise(Reply.of(200));
    private final List<String> steps = new CopyOnWriteArrayList<>();
    private final RetryingHttpClient client = new RecordingListener().client("max-attempts=2");

    @AfterEach
    void close() {
        server.close();
    }

    private HttpRequest request() {
        return HttpRequest.newBuilder(server.uri()).build();
    }

    private AutoCloseable open() {
        steps.add("open " + Thread.currentThread().getName());
        return () -> steps.add("closed after " + server.requests().size());
    }

    @Test
    void send_scope_isOpenOnTheThreadUntilTheLastAnswer() throws Exception {
        client.withCallScope(this::open).send(request(), BodyHandlers.discarding());

        assertThat(steps).containsExactly("open " + Thread.currentThread().getName(), "closed after 2");
    }

    @Test
    void sendAsync_scope_isOpenWhileTheCarrierIsApplied() throws Exception {
        RecordingListener listener = new RecordingListener();
        RetryingHttpClient carried = RetryingHttpClient.of(
                        RecordingListener.plain(),
                        listener.retry("max-attempts=2", TimeSource.system()).withContext(task -> {
                            steps.add("carried");
                            return task;
                        }))
                .withCallScope(() -> {
                    steps.add("open");
                    return () -> steps.add("closed");
                });
        carried.sendAsync(request(), BodyHandlers.discarding()).get(20, TimeUnit.SECONDS);

        assertThat(steps).startsWith("open", "carried", "closed");
    }

    @Test
    void send_scopeThatCannotBeOpened_isTheCallersAndNothingIsSent() {
        RetryingHttpClient broken = client.withCallScope(() -> {
            throw new IllegalStateException("no context");
        });
        assertThatIllegalStateException()
                .isThrownBy(() -> broken.send(request(), BodyHandlers.discarding()))
                .withMessage("no context");
        assertThatNullPointerException()
                .isThrownBy(() -> client.withCallScope(() -> null).send(request(), BodyHandlers.discarding()))
                .withMessage("the scope's supplier has returned null");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void send_scopeThatCannotBeClosed_changesNothing() throws Exception {
        RetryingHttpClient broken = client.withCallScope(() -> () -> {
            throw foreign(new IllegalStateException("alice@example.com"));
        });
        try (LogLines warnings = LogLines.of("dev.respite")) {
            assertThat(broken.send(request(), BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
            assertThat(warnings.stacks())
                    .singleElement()
                    .asString()
                    .contains(FRAME)
                    .doesNotContain("alice");
        }
    }

    @Test
    void sendAsync_carrierThatFails_isLoggedWithoutItsMessage() throws Exception {
        AtomicInteger carried = new AtomicInteger();
        RetryingHttpClient broken = RetryingHttpClient.of(
                RecordingListener.plain(),
                new RecordingListener()
                        .retry("max-attempts=2", TimeSource.system())
                        .withContext(task -> {
                            if (carried.incrementAndGet() > 1) {
                                throw foreign(new IllegalStateException("alice@example.com"));
                            }
                            return task;
                        }));
        try (LogLines warnings = LogLines.of("dev.respite")) {
            broken.sendAsync(request(), BodyHandlers.discarding()).get(20, TimeUnit.SECONDS);
            assertThat(warnings.stacks())
                    .isNotEmpty()
                    .allSatisfy(stack -> assertThat(stack).contains(FRAME).doesNotContain("alice"));
        }
    }

    @Test
    void withCallScope_otherSettingsAfterIt_keepIt() throws Exception {
        client.withCallScope(this::open)
                .withListener(event -> {})
                .withoutAttemptHeader()
                .withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri()))
                .send(request(), BodyHandlers.discarding());

        assertThat(steps).hasSize(2);
    }
}
