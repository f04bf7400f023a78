package dev.respite.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepeatGuardTest {

    private static final RetryPolicy POLICY = RetryPolicy.parse("max-attempts=3 budget=off");

    private final List<String> events = new ArrayList<>();
    private int attempts;

    private RepeatGuard guard(RetryPolicy policy) {
        return RepeatGuard.of(Retry.withoutWarnings(policy, new VirtualTime(1)).withListener(event -> {
            if (event instanceof RetryEvent.AttemptFailed failed) {
                events.add(failed.kind().name());
            } else if (event instanceof RetryEvent.CallEnded ended) {
                events.add(ended.reason().name());
            }
        }));
    }

    @Test
    void failure_afterARepetitionIsForbidden_endsTheCallAsItIs() {
        RepeatGuard guard = guard(POLICY);
        SocketTimeoutException failure = new SocketTimeoutException();
        assertThatThrownBy(() -> guard.retry().run(() -> {
                    attempts++;
                    guard.forbid();
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(attempts).isEqualTo(1);
        assertThat(events).containsExactly("timeout", StopReason.NOT_IDEMPOTENT.name());
        assertThat(guard.retry().counts().calls()).isEqualTo(1);
    }

    @Test
    void fatalFailure_afterARepetitionIsForbidden_staysFatal() {
        RepeatGuard guard = guard(POLICY);
        assertThatThrownBy(() -> guard.retry().run(() -> {
                    guard.forbid();
                    throw new IllegalArgumentException();
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(events).endsWith(StopReason.FATAL.name());
    }

    @Test
    void failures_beforeARepetitionIsForbidden_areRetried() throws Exception {
        RepeatGuard guard = guard(POLICY);
        guard.retry().run(() -> {
            if (++attempts < 3) {
                throw new SocketTimeoutException();
            }
            guard.forbid();
        });
        assertThat(attempts).isEqualTo(3);
        assertThat(events).containsExactly("timeout", "timeout", StopReason.ACCEPTED.name());
    }

    @Test
    void rejectedValue_afterARepetitionIsForbidden_isReturned() {
        RepeatGuard guard = guard(POLICY.toBuilder()
                .retryOnResult(String.class, "pending"::equals)
                .build());
        String value = guard.retry().<String, RuntimeException>call(() -> {
            attempts++;
            guard.forbid();
            return "pending";
        });
        assertThat(value).isEqualTo("pending");
        assertThat(attempts).isEqualTo(1);
        assertThat(events).endsWith(StopReason.NOT_IDEMPOTENT.name());
    }

    @Test
    void stage_thatFailsAfterARepetitionIsForbidden_isNotRetried() {
        RepeatGuard guard = guard(POLICY);
        CompletableFuture<Object> call = guard.retry().callAsync(() -> {
            attempts++;
            guard.forbid();
            return CompletableFuture.failedFuture(new SocketTimeoutException());
        });
        assertThat(call).isCompletedExceptionally();
        assertThat(attempts).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"40003, '', 1", "40003, stop-on=sqlstate:40, 1", "08007, '', 1", "40001, '', 3"})
    void unknownResult_withoutPermission_isNotRepeated(String state, String more, int expected) {
        assertThat(attemptsOf(retry(more), state)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"40003, '', 3", "40003, stop-on=sqlstate:40, 1", "08007, '', 3", "23505, '', 1"})
    void unknownResult_withPermission_isRepeatedUnlessThePolicyStops(String state, String more, int expected) {
        assertThat(attemptsOf(RepeatGuard.withRepetitionPermitted(retry(more)), state))
                .isEqualTo(expected);
    }

    private static Retry retry(String more) {
        return Retry.withoutWarnings(RetryPolicy.parse("max-attempts=3 budget=off " + more), new VirtualTime(1));
    }

    private int attemptsOf(Retry retry, String state) {
        assertThatThrownBy(() -> retry.run(() -> {
                    attempts++;
                    throw new SQLException("unknown", state);
                }))
                .isInstanceOf(SQLException.class);
        return attempts;
    }
}
