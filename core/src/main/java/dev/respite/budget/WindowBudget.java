package dev.respite.budget;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleBiFunction;

/**
 * A budget that looks back over a window: so many retries for so many calls. The window moves in ten steps, as Finagle's
 * does.
 *
 * <p>A retry is counted first and taken back if that was too many; so a race can refuse a retry that would just have
 * been allowed, and never allows one too many.
 */
final class WindowBudget implements RetryBudget {

    private static final int SLOTS = 10;

    private final TimeSource time;
    private final long slotNanos;
    private final AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);

    /** (calls, retries so far) → how many retries there may be in all. */
    private final ToDoubleBiFunction<Long, Long> allowed;

    private record Slot(long epoch, LongAdder calls, LongAdder retries) {
        Slot(long epoch) {
            this(epoch, new LongAdder(), new LongAdder());
        }
    }

    private WindowBudget(TimeSource time, Duration window, ToDoubleBiFunction<Long, Long> allowed) {
        this.time = time;
        this.slotNanos = window.toNanos() / SLOTS;
        this.allowed = allowed;
        long epoch = epoch();
        for (int i = 0; i < SLOTS; i++) {
            slots.set(Math.floorMod(epoch - i, SLOTS), new Slot(epoch - i));
        }
    }

    static WindowBudget of(BudgetSpec.Finagle spec, TimeSource time, double retries) {
        double floor = spec.minPerSecond() * spec.window().toNanos() / 1e9;
        return new WindowBudget(time, spec.window(), (calls, made) -> spec.ratio() * calls + floor).limit(retries);
    }

    /** The part is one of all requests, retries included. */
    static WindowBudget of(BudgetSpec.Ratio spec, TimeSource time, double retries) {
        return new WindowBudget(time, BudgetSpec.Ratio.WINDOW, (calls, made) -> spec.ratio() * (calls + made))
                .limit(retries);
    }

    /** Counts retries that were not made, until no more than the given number are left. */
    private WindowBudget limit(double retries) {
        double surplus = left() - retries;
        if (surplus > 0) {
            current().retries().add((long) Math.ceil(surplus));
        }
        return this;
    }

    @Override
    public void started() {
        current().calls().increment();
    }

    @Override
    public boolean tryAcquire(ErrorKind kind) {
        Slot slot = current();
        slot.retries().increment();
        if (left() >= 0) {
            return true;
        }
        slot.retries().decrement();
        return false;
    }

    @Override
    public void refund(ErrorKind kind) {
        current().retries().decrement();
    }

    @Override
    public void succeeded() {}

    @Override
    public double retriesLeft() {
        return Math.max(0, left());
    }

    private double left() {
        long oldest = epoch() - SLOTS;
        long calls = 0;
        long retries = 0;
        for (int i = 0; i < SLOTS; i++) {
            Slot slot = slots.get(i);
            if (slot.epoch() > oldest) {
                calls += slot.calls().sum();
                retries += slot.retries().sum();
            }
        }
        return allowed.applyAsDouble(calls, retries) - retries;
    }

    private Slot current() {
        long epoch = epoch();
        int index = Math.floorMod(epoch, SLOTS);
        Slot slot = slots.get(index);
        while (slot.epoch() < epoch) {
            slots.compareAndSet(index, slot, new Slot(epoch));
            slot = slots.get(index);
        }
        return slot;
    }

    private long epoch() {
        return Math.floorDiv(time.nanoTime(), slotNanos);
    }

    /** What is left, as of now. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "retries left: %.1f", retriesLeft());
    }
}
