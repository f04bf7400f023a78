package dev.respite.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;

/** The garbage collector, at work. */
final class Garbage {

    private Garbage() {}

    /** Collects until an unreachable object is gone: then all that was unreachable before is gone too. */
    static void collect() {
        WeakReference<Object> canary = new WeakReference<>(new Object());
        for (int i = 0; i < 1_000 && canary.get() != null; i++) {
            System.gc();
        }
        assertThat(canary.get()).as("something that nothing holds").isNull();
    }
}
