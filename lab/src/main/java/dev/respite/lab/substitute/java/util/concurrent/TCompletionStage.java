package dev.respite.lab.substitute.java.util.concurrent;

import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The methods of {@link java.util.concurrent.CompletionStage} that the engine uses. */
public interface TCompletionStage<T> {

    <U> TCompletionStage<U> thenApply(Function<? super T, ? extends U> function);

    <U> TCompletionStage<U> handle(BiFunction<? super T, Throwable, ? extends U> function);

    TCompletionStage<T> whenComplete(BiConsumer<? super T, ? super Throwable> action);

    TCompletableFuture<T> toCompletableFuture();
}
