package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** The two cancellations of an asynchronous call end its future as they end the JDK's. */
class ResponseFutureTest {

    private final ResponseFuture<String> call = new ResponseFuture<>();

    @Test
    void cancel_withAnInterrupt_failsTheFutureOnce() {
        assertThat(call.cancel(true)).isTrue();

        assertThat(call).isCompletedExceptionally().isNotCancelled();
        assertThatThrownBy(call::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CancellationException.class)
                .hasMessageContaining("Request cancelled");
        assertThat(call.cancel(true)).as("was not cancelled by this").isFalse();
    }

    @Test
    void cancel_withoutAnInterrupt_cancelsTheFuture() {
        assertThat(call.cancel(false)).isTrue();

        assertThat(call).isCancelled();
        assertThat(call.cancel(true)).as("is cancelled").isTrue();
    }

    @Test
    void cancel_ofACallThatHasEnded_changesNothing() {
        call.complete(null);

        assertThat(call.cancel(true)).isFalse();
        assertThat(call.cancel(false)).isFalse();
        assertThat(call).isCompletedWithValue(null);
    }

    @Test
    void cancel_ofADependent_leavesTheCall() {
        CompletableFuture<?> dependent = call.thenApply(response -> response);
        dependent.cancel(true);

        assertThat(dependent).isCancelled();
        assertThat(call).isNotDone();
    }
}
