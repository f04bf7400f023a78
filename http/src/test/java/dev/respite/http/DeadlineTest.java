package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.TimeSource;
import dev.respite.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    @Test
    void await_aFailureUnderTheJdksCover_throwsTheFailure() {
        IOException real = new ConnectException("refused");
        assertThatThrownBy(() -> await(new IOException("Too many retries", real)))
                .isSameAs(real);
    }

    @Test
    void await_aCoverWithNothingUnderIt_throwsIt() {
        IOException alone = new IOException("Too many retries");
        assertThatThrownBy(() -> await(alone)).isSameAs(alone);
    }

    @Test
    void await_anyOtherFailure_throwsItAsItIs() {
        IOException caused = new IOException("broken pipe", new ConnectException("refused"));
        assertThatThrownBy(() -> await(caused)).isSameAs(caused);
    }

    @Test
    void await_aResultThatDoesNotCome_breaksOffWhenTheTimeIsUp() {
        CompletableFuture<String> never = new CompletableFuture<>();
        Deadline deadline = Deadline.after(Optional.of(Duration.ofMillis(5)), TimeSource.system());
        assertThatThrownBy(() -> deadline.await(never, () -> {}))
                .isInstanceOf(HttpTimeoutException.class)
                .hasMessageContaining("5 ms");
    }

    @Test
    void await_aResultThatDoesNotCome_breaksOffOnThisThread() {
        CompletableFuture<String> never = new CompletableFuture<>();
        CompletableFuture<Thread> broken = new CompletableFuture<>();
        Deadline deadline = Deadline.after(Optional.of(Duration.ofMillis(5)), TimeSource.system());
        assertThatThrownBy(() -> deadline.await(never, () -> broken.complete(Thread.currentThread())))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(broken).isCompletedWithValue(Thread.currentThread());
    }

    @Test
    void alarm_thatCannotBeSet_breaksTheWorkOff() {
        ScheduledExecutorService ended = new ScheduledThreadPoolExecutor(1);
        ended.shutdown();
        Deadline deadline = Deadline.after(
                Optional.of(Duration.ofHours(1)),
                TimeSource.on(TimeSource.system().executor(), ended));
        CompletableFuture<String> never = new CompletableFuture<>();
        AtomicInteger broken = new AtomicInteger();
        assertThatThrownBy(() -> deadline.await(never, broken::incrementAndGet))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> deadline.limit(never, broken::incrementAndGet))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(broken).hasValue(2);
    }

    @Test
    void atLeast_deadlineThatHasPassed_isLaterByWhatIsMissing() throws Exception {
        VirtualTime time = new VirtualTime(1);
        Deadline deadline = Deadline.after(Optional.of(Duration.ofSeconds(3)), time);
        time.sleep(Duration.ofSeconds(60).toNanos());

        assertThat(deadline.within(Long.MAX_VALUE)).isZero();
        assertThat(deadline.atLeast(500).within(Long.MAX_VALUE)).isEqualTo(500);
        assertThat(deadline.atLeast(0).within(Long.MAX_VALUE)).isZero();
    }

    @Test
    void atLeast_deadlineThatIsLater_isTheSame() {
        Deadline deadline = Deadline.after(Optional.of(Duration.ofSeconds(3)), new VirtualTime(1));

        assertThat(deadline.atLeast(500)).isSameAs(deadline);
        assertThat(Deadline.NONE.atLeast(500)).isSameAs(Deadline.NONE);
    }

    private static String await(IOException failure) throws IOException, InterruptedException {
        return Deadline.NONE.await(CompletableFuture.failedFuture(failure), () -> {});
    }
}
