package dev.respite.benchmarks.scale;

import java.lang.management.ManagementFactory;

/** The live heap of this process. */
final class Heap {

    private Heap() {}

    /** Bytes that are reachable. The second collection takes what the first has only made ready. */
    static long live() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
