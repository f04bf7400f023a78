package dev.respite.lab.substitute.java.util.concurrent;

import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The methods of {@link java.util.concurrent.CompletionStage} that the engine uses. */
public interface TCompletionStage<T extends @Nullable Object> {

    <U extends @Nullable Object> TCompletionStage<U> handle(
            BiFunction<? super T, @Nullable Throwable, ? extends U> function);

    TCompletionStage<T> whenComplete(BiConsumer<? super T, ? super @Nullable Throwable> action);

    TCompletableFuture<T> toCompletableFuture();
}
