package dev.respite.spring;

import dev.respite.cause.CauseChain;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The result of an asynchronous call with a fallback. To cancel it, or to complete it in any other way, ends the call. */
final class FallbackFuture extends CompletableFuture<@Nullable Object> {

    private final CompletableFuture<@Nullable Object> call;
    private final RetriedCall invocation;

    FallbackFuture(CompletableFuture<@Nullable Object> call, RetriedCall invocation) {
        this.call = call;
        this.invocation = invocation;
    }

    FallbackFuture start() {
        var unused = whenComplete((value, error) -> call.cancel(true));
        var ignored = call.whenComplete(this::callEnded);
        return this;
    }

    private void callEnded(@Nullable Object value, @Nullable Throwable error) {
        if (error == null) {
            complete(value);
            return;
        }
        Throwable failure = CauseChain.unwrap(error);
        if (isDone() || !invocation.isReplaced(failure, false)) {
            completeExceptionally(error);
            return;
        }
        try {
            follow(invocation.fallback(failure));
        } catch (Throwable failed) {
            completeExceptionally(failed);
        }
    }

    private void follow(@Nullable Object stage) {
        if (stage == null) {
            completeExceptionally(new NullPointerException("the fallback '"
                    + invocation.method().annotation().fallback() + "' of "
                    + invocation.method().name() + " returned null instead of a stage"));
            return;
        }
        CompletableFuture<?> replacement = ((CompletionStage<?>) stage).toCompletableFuture();
        var unused = replacement.whenComplete((value, error) -> {
            if (error == null) {
                complete(value);
            } else {
                completeExceptionally(error);
            }
        });
        var ignored = whenComplete((value, error) -> replacement.cancel(true));
    }
}
