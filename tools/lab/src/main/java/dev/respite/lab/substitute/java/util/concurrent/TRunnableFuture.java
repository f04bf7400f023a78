package dev.respite.lab.substitute.java.util.concurrent;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** {@link java.util.concurrent.RunnableFuture}. */
public interface TRunnableFuture<V extends @Nullable Object> extends Runnable, Future<V> {}
