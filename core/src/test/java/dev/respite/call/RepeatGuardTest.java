package dev.respite.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class RepeatGuardTest {

    private static final ErrorKind KIND = ErrorKind.of("commit");

    private final List<String> events = new ArrayList<>();
    private final Retry retry = Retry.silent(RetryPolicy.parse("max-attempts=3 budget=off"), new VirtualTime(1))
            .withListener(event -> {
                if (event instanceof RetryEvent.AttemptFailed failed) {
                    events.add(failed.kind().name());
                } else if (event instanceof RetryEvent.CallEnded ended) {
                    events.add(ended.reason().name());
                }
            });
    private final RepeatGuard guard = RepeatGuard.of(retry, KIND);
    private int attempts;

    @Test
    void failure_thatIsForbidden_endsTheCall() {
        SocketTimeoutException failure = new SocketTimeoutException();
        assertThatThrownBy(() -> guard.retry().run(() -> {
                    attempts++;
                    guard.forbid(failure);
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(attempts).isEqualTo(1);
        assertThat(events).containsExactly("commit", StopReason.NOT_IDEMPOTENT.name());
        assertThat(retry.counts().calls()).isEqualTo(1);
    }

    @Test
    void failure_thatIsNotForbidden_isRetried() throws Exception {
        guard.forbid(new SocketTimeoutException("of another attempt"));
        guard.retry().run(() -> {
            if (++attempts < 3) {
                throw new SocketTimeoutException();
            }
        });
        assertThat(attempts).isEqualTo(3);
    }

    @Test
    void stage_thatFailsByAForbiddenFailure_isNotRetried() {
        RuntimeException failure = new CompletionException(new SocketTimeoutException());
        CompletableFuture<Object> call = guard.retry().callAsync(() -> {
            attempts++;
            guard.forbid(failure);
            throw failure;
        });
        assertThat(call).isCompletedExceptionally();
        assertThat(attempts).isEqualTo(1);
    }
}
