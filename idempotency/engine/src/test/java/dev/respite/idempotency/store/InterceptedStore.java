package dev.respite.idempotency.store;

import java.io.IOException;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * A store for tests: passes its operations to another store, except those that the test replaces. It may run code before or
 * after an operation, delay it, or take its reply away. The module's test jar contains it for the tests of other modules.
 */
public final class InterceptedStore implements IdempotencyStore {

    private final BiFunction<StorageKey, RecordWrite, Put> put;
    private final BiFunction<Precondition, RecordWrite, Swap> swap;
    private final Function<StorageKey, Optional<IdempotencyRecord>> find;
    private final IntUnaryOperator purge;
    private final ToLongFunction<State> count;
    private final LongSupplier estimate;

    private InterceptedStore(
            BiFunction<StorageKey, RecordWrite, Put> put,
            BiFunction<Precondition, RecordWrite, Swap> swap,
            Function<StorageKey, Optional<IdempotencyRecord>> find,
            IntUnaryOperator purge,
            ToLongFunction<State> count,
            LongSupplier estimate) {
        this.put = put;
        this.swap = swap;
        this.find = find;
        this.purge = purge;
        this.count = count;
        this.estimate = estimate;
    }

    /** Runs an operation of a store, in part or not at all. */
    @FunctionalInterface
    public interface Exchange {
        <T> T run(Supplier<T> operation);
    }

    /** Returns a store that passes every operation to another one. */
    public static InterceptedStore of(IdempotencyStore store) {
        return new InterceptedStore(
                store::putIfAbsent,
                store::compareAndSet,
                store::find,
                store::purge,
                store::count,
                store::estimatedCount);
    }

    /** Returns a store that passes its operations on records to another one through an exchange. */
    public static InterceptedStore through(Exchange exchange, IdempotencyStore store) {
        return of(store)
                .withPutIfAbsent((key, write) -> exchange.run(() -> store.putIfAbsent(key, write)))
                .withCompareAndSet((expected, write) -> exchange.run(() -> store.compareAndSet(expected, write)))
                .withFind(key -> exchange.run(() -> store.find(key)));
    }

    /** Returns a store that responds to nothing. */
    public static InterceptedStore unavailable() {
        return new InterceptedStore(
                (key, write) -> {
                    throw noReply();
                },
                (expected, write) -> {
                    throw noReply();
                },
                key -> {
                    throw noReply();
                },
                atMost -> {
                    throw noReply();
                },
                state -> {
                    throw noReply();
                },
                () -> {
                    throw new UnsupportedOperationException("no estimate");
                });
    }

    /** Returns the exception of a store that has not replied. */
    public static StoreUnavailableException noReply() {
        return new StoreUnavailableException("no reply", new IOException("connection reset"));
    }

    public InterceptedStore withPutIfAbsent(BiFunction<StorageKey, RecordWrite, Put> other) {
        return new InterceptedStore(other, swap, find, purge, count, estimate);
    }

    public InterceptedStore withCompareAndSet(BiFunction<Precondition, RecordWrite, Swap> other) {
        return new InterceptedStore(put, other, find, purge, count, estimate);
    }

    public InterceptedStore withFind(Function<StorageKey, Optional<IdempotencyRecord>> other) {
        return new InterceptedStore(put, swap, other, purge, count, estimate);
    }

    public InterceptedStore withPurge(IntUnaryOperator other) {
        return new InterceptedStore(put, swap, find, other, count, estimate);
    }

    public InterceptedStore withCount(ToLongFunction<State> other) {
        return new InterceptedStore(put, swap, find, purge, other, estimate);
    }

    /** Returns a store that runs code before each {@link #putIfAbsent} and {@link #compareAndSet}. */
    public InterceptedStore beforeWrites(Runnable code) {
        return withPutIfAbsent((key, write) -> {
                    code.run();
                    return put.apply(key, write);
                })
                .withCompareAndSet((expected, write) -> {
                    code.run();
                    return swap.apply(expected, write);
                });
    }

    /** Returns a store that runs code after each {@link #putIfAbsent} and {@link #compareAndSet} and before it returns. */
    public InterceptedStore afterWrites(Consumer<RecordWrite> code) {
        return withPutIfAbsent((key, write) -> {
                    Put result = put.apply(key, write);
                    code.accept(write);
                    return result;
                })
                .withCompareAndSet((expected, write) -> {
                    Swap result = swap.apply(expected, write);
                    code.accept(write);
                    return result;
                });
    }

    /** Returns a store with another estimate of its records. */
    public InterceptedStore withEstimatedCount(LongSupplier another) {
        return new InterceptedStore(put, swap, find, purge, count, another);
    }

    @Override
    public long estimatedCount() {
        return estimate.getAsLong();
    }

    @Override
    public Put putIfAbsent(StorageKey key, RecordWrite write) {
        return put.apply(key, write);
    }

    @Override
    public Swap compareAndSet(Precondition expected, RecordWrite write) {
        return swap.apply(expected, write);
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return find.apply(key);
    }

    @Override
    public int purge(int atMost) {
        return purge.applyAsInt(atMost);
    }

    @Override
    public long count(State state) {
        return count.applyAsLong(state);
    }
}
