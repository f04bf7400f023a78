package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The body of the last response is read after the attempts, in the time of its attempt. */
class UnreadResponseTest {

    private final VirtualTime time = new VirtualTime();
    private final FakeTransport transport = new FakeTransport();
    private final HttpRetry retry =
            HttpRetry.of(Retry.withoutWarnings(RetryPolicy.parse("attempt-timeout=1s budget=off"), time));

    @BeforeEach
    void leaveBodiesUnread() {
        transport.unread = true;
    }

    private CompletableFuture<String> sendAsync() {
        transport.script.add("200");
        return retry.sendAsync(transport);
    }

    @Test
    void send_lastResponse_isReadAndNoOther() throws Exception {
        HttpRetry unlimited = HttpRetry.of(Retry.withoutWarnings(RetryPolicy.parse("budget=off"), time));
        transport.script.add("503");
        transport.script.add("200");
        assertThat(unlimited.send(transport)).isEqualTo("200 read");
    }

    @Test
    void send_threadThatIsInterrupted_getsTheResponseAndKeepsTheFlag() throws Exception {
        HttpRetry unlimited = HttpRetry.of(Retry.withoutWarnings(RetryPolicy.parse("budget=off"), time));
        transport.script.add("200");
        transport.duringSend = Thread.currentThread()::interrupt;
        assertThat(unlimited.send(transport)).isEqualTo("200 read");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void sendAsync_response_isPublishedWithItsBody() {
        CompletableFuture<String> response = sendAsync();
        time.advance(Duration.ZERO);
        assertThat(response).isNotDone();
        assertThat(transport.closed).isZero();

        transport.read.accept("200 read", null);
        time.advance(Duration.ZERO);

        assertThat(response).isCompletedWithValue("200 read");
        assertThat(transport.closed).isEqualTo(1);
        assertThat(transport.cut).isZero();
    }

    @Test
    void sendAsync_bodyThatBreaks_isCutAndFailsTheCall() {
        CompletableFuture<String> response = sendAsync();
        time.advance(Duration.ZERO);
        IOException broken = new IOException("reset");
        transport.read.accept(null, broken);
        time.advance(Duration.ZERO);
        assertThat(response).failsWithin(Duration.ZERO).withThrowableThat().withCause(broken);
        assertThat(transport.cut).isEqualTo(1);
    }

    @Test
    void sendAsync_bodyThatTakesLongerThanTheAttempt_isCutAndDiscardedWhenItArrives() {
        CompletableFuture<String> response = sendAsync();
        time.advance(Duration.ofMillis(999));
        assertThat(response).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(response)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(SocketTimeoutException.class);
        assertThat(transport.cut).isEqualTo(1);

        transport.read.accept("200 late", null);

        assertThat(transport.discarded).containsExactly("200 late");
    }

    @Test
    void sendAsync_cancelledWhileItsBodyIsRead_isCutAndDiscardedWhenItArrives() {
        CompletableFuture<String> response = sendAsync();
        time.advance(Duration.ZERO);
        response.cancel(true);
        assertThat(transport.cut).isPositive();
        assertThat(transport.closed).isEqualTo(1);

        transport.read.accept("200 late", null);
        time.runAll();

        assertThat(transport.discarded).containsExactly("200 late");
        assertThat(time.nanoTime()).as("the alarm is cancelled").isZero();
    }
}
