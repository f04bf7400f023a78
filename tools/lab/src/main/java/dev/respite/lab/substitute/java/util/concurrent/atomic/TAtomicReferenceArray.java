package dev.respite.lab.substitute.java.util.concurrent.atomic;

import org.jspecify.annotations.Nullable;

/** {@link java.util.concurrent.atomic.AtomicReferenceArray} for one thread: the methods that the engine uses, on an array. */
public class TAtomicReferenceArray<E extends @Nullable Object> {

    private final Object[] elements;

    public TAtomicReferenceArray(int length) {
        elements = new Object[length];
    }

    public final int length() {
        return elements.length;
    }

    @SuppressWarnings("unchecked") // only elements are stored
    public final E get(int index) {
        return (E) elements[index];
    }

    public final void set(int index, E element) {
        elements[index] = element;
    }

    public final boolean compareAndSet(int index, E expected, E element) {
        if (elements[index] != expected) {
            return false;
        }
        elements[index] = element;
        return true;
    }

    public final E getAndSet(int index, E element) {
        E before = get(index);
        elements[index] = element;
        return before;
    }
}
