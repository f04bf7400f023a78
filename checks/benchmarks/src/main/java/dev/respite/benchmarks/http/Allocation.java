package dev.respite.benchmarks.http;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * The bytes that all threads of this process have allocated. From JDK 21 on the virtual machine counts them. Before that they are
 * the sum over the live threads, without the bytes of threads that have ended.
 */
final class Allocation {

    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private Allocation() {}

    static long bytes() {
        try {
            Method total = ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes");
            return (long) total.invoke(THREADS);
        } catch (NoSuchMethodException beforeJdk21) {
            long sum = 0;
            for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
                sum += Math.max(0, bytes); // -1: the thread has ended
            }
            return sum;
        } catch (IllegalAccessException | InvocationTargetException failed) {
            throw new IllegalStateException("the allocated bytes cannot be read", failed);
        }
    }
}
