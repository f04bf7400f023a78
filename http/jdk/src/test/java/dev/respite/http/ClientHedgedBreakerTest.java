package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.Breaker;
import dev.respite.http.exchange.OriginBreakers;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Hedged requests at a real server, each attempt of which needs the permission of a breaker. */
@ParameterizedClass
@EnumSource(Sender.class)
class ClientHedgedBreakerTest {

    private static final Duration DELAY = Duration.ofMillis(200);
    private static final Reply OK = Reply.of(200).body("ok");

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final CountDownLatch gate = new CountDownLatch(1);

    ClientHedgedBreakerTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String send(String policy, Permits breaker) throws Exception {
        RetryingHttpClient client = new RecordingListener()
                .client(RecordingListener.plain(), policy)
                .withHedging(DELAY)
                .withBreakers(OriginBreakers.of(origin -> breaker));
        HttpRequest request = HttpRequest.newBuilder(server.uri()).build();
        return sender.by(client).send(request, BodyHandlers.ofString()).body();
    }

    /** The first attempt may reach the server after the second one, so the order of requests decides nothing. */
    private void respond(ServerFault first) {
        server.otherwise(line -> {
            boolean again = !line.request().values("Respite-Attempt").isEmpty();
            return (again ? OK : first).act(line);
        });
    }

    @Test
    void send_whoseHedgeIsRefusedByTheBreaker_waitsForTheFirst() throws Exception {
        Permits breaker = new Permits(1, gate);
        respond(line -> {
            assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
            return Reply.of(200).body("first").act(line);
        });
        assertThat(send("", breaker)).isEqualTo("first");

        assertThat(server.requests()).hasSize(1);
        assertThat(breaker.events).containsExactly("ok");
        assertThat(breaker.inside).hasValue(0);
    }

    @Test
    void send_whoseFirstAttemptHangs_releasesItsPermissionAtTheBreaker() throws Exception {
        Permits breaker = new Permits(2, gate);
        respond(ServerFault.hang());
        assertThat(send("", breaker)).isEqualTo("ok");
        await().untilAsserted(() -> assertThat(breaker.events).containsExactlyInAnyOrder("released", "ok"));
        assertThat(breaker.inside).hasValue(0);
    }

    @Test
    void send_whoseAttemptsHang_endsAtTheTotalTimeoutAndReleasesItsPermissions() {
        Permits breaker = new Permits(2, gate);
        server.otherwise(ServerFault.hang());
        assertThatThrownBy(() -> send("total-timeout=500ms", breaker)).isInstanceOf(HttpTimeoutException.class);
        await().untilAsserted(() -> assertThat(breaker.inside).hasValue(0));
        assertThat(breaker.events).hasSize(2);
    }

    /** Lets a number of attempts pass at a time, as a breaker that is half open. */
    private static final class Permits implements Breaker {
        private final AtomicInteger inside = new AtomicInteger();
        private final List<String> events = new CopyOnWriteArrayList<>();
        private final int most;
        private final CountDownLatch refused;

        Permits(int most, CountDownLatch refused) {
            this.most = most;
            this.refused = refused;
        }

        private static final class Refusal extends RuntimeException {
            private static final long serialVersionUID = 1;
        }

        @Override
        public long acquire() {
            if (inside.incrementAndGet() > most) {
                inside.decrementAndGet();
                refused.countDown();
                throw new Refusal();
            }
            return 0;
        }

        @Override
        public void succeeded(long entered, @Nullable Object value) {
            events.add("ok");
            inside.decrementAndGet();
        }

        @Override
        public void failed(long entered, Throwable error) {
            events.add(error.getClass().getSimpleName());
            inside.decrementAndGet();
        }

        @Override
        public void release() {
            events.add("released");
            inside.decrementAndGet();
        }

        @Override
        public boolean isRejection(Throwable failure) {
            return failure instanceof Refusal;
        }

        @Override
        public Optional<Duration> remainingOpenTime() {
            return Optional.empty();
        }
    }
}
