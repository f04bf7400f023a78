package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.TimeSource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

    private static String await(IOException failure) throws IOException, InterruptedException {
        return Deadline.NONE.await(CompletableFuture.failedFuture(failure), () -> {});
    }
}
