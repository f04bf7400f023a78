package dev.respite.http;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One exchange that may not have begun yet, and can be broken off at any time.
 *
 * @param <T> what the caller's handler makes of a body
 */
final class Flight<T extends @Nullable Object> {

    private final Supplier<CompletableFuture<HttpResponse<Body<T>>>> exchange;
    private final Function<HttpResponse<Body<T>>, Answer<T>> judge;
    private final CompletableFuture<Answer<T>> landed = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<?> running;

    Flight(
            Supplier<CompletableFuture<HttpResponse<Body<T>>>> exchange,
            Function<HttpResponse<Body<T>>, Answer<T>> judge) {
        this.exchange = exchange;
        this.judge = judge;
    }

    /** The answer, when it is there. */
    CompletableFuture<Answer<T>> landed() {
        return landed;
    }

    void send() {
        if (landed.isDone()) {
            return;
        }
        try {
            CompletableFuture<HttpResponse<Body<T>>> sent = exchange.get();
            running = sent;
            CompletableFuture<?> unused = sent.whenComplete(this::arrived);
            if (landed.isDone()) {
                sent.cancel(true);
            }
        } catch (Throwable refused) {
            landed.completeExceptionally(refused);
        }
    }

    private void arrived(HttpResponse<Body<T>> response, @Nullable Throwable error) {
        if (error != null) {
            landed.completeExceptionally(error);
        } else if (landed.isDone()) {
            giveUp(response);
        } else {
            try {
                if (!landed.complete(judge.apply(response))) {
                    giveUp(response);
                }
            } catch (Throwable bug) {
                landed.completeExceptionally(bug);
            }
        }
    }

    /** Nobody waits for the answer any more, be it there or not. */
    void breakOff() {
        if (!landed.cancel(true) && !landed.isCompletedExceptionally()) {
            landed.join().giveUp();
        }
        CompletableFuture<?> sent = running;
        if (sent != null) {
            sent.cancel(true);
        }
    }

    /** An answer came that nobody will read. */
    static void giveUp(HttpResponse<? extends Body<?>> response) {
        Body<?> body = response.body();
        if (body != null) {
            body.giveUp();
        }
    }

    /**
     * The answer with its body; whatever completes this from outside breaks off the call and the reading. What depends on an
     * answer that was held is told in the executor: the wrapped client's threads are needed to send and to read, and whoever
     * blocks one could wait for himself.
     */
    static <T extends @Nullable Object> CompletableFuture<HttpResponse<T>> thenFinish(
            CompletableFuture<Answer<T>> retried,
            Function<Answer<T>, CompletableFuture<Answer<T>>> finish,
            Executor executor) {
        CompletableFuture<HttpResponse<T>> result = new CompletableFuture<>();
        AtomicBoolean held = new AtomicBoolean();
        CompletableFuture<Answer<T>> read = retried.thenCompose(last -> {
            held.set(last.held().isPresent());
            CompletableFuture<Answer<T>> reading = finish.apply(last);
            CompletableFuture<?> unused = result.whenComplete((response, error) -> reading.cancel(true));
            return reading;
        });
        CompletableFuture<?> unusedEnd = result.whenComplete((response, error) -> retried.cancel(true));
        CompletableFuture<?> unusedWork = read.whenComplete((response, error) -> {
            Runnable tell = () -> tell(response, error, result);
            if (held.get()) {
                executor.execute(tell);
            } else {
                tell.run();
            }
        });
        return result;
    }

    private static <T extends @Nullable Object> void tell(
            Answer<T> response, @Nullable Throwable error, CompletableFuture<HttpResponse<T>> result) {
        if (error != null) {
            result.completeExceptionally(error);
        } else if (!result.complete(response)) {
            response.giveUp();
        }
    }
}
