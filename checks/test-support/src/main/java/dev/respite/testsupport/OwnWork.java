package dev.respite.testsupport;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The threads, tasks and connections that Respite has in this process. The threads belong to objects that have to be closed. The tasks
 * run on the shared threads of core, and are found by reflection. The connections are borrowed from the pools of the tests.
 */
final class OwnWork {

    private static final String TIME = "dev.respite.time.";
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    private OwnWork() {}

    /** Makes the pools of HikariCP publish the number of borrowed connections. */
    static void registerPools() {
        System.setProperty("hikaricp.configurationFile", "/dev/respite/testsupport/hikari.properties");
    }

    /** Returns all that is there now, with its description. */
    static Map<Object, String> current() {
        Map<Object, String> work = connections();
        threads("(respite-(?!timer|spare)|db-scheduler|lettuce-).*")
                .forEach(thread -> work.put(thread, "the thread " + described(thread)));
        if (isPresent(TIME + "OwnThreads")) {
            addTasks(work);
        }
        return work;
    }

    /** Returns the pools that have borrowed connections. */
    static Map<Object, String> connections() {
        Map<Object, String> pools = new HashMap<>();
        try {
            for (ObjectName pool : BEANS.queryNames(new ObjectName("com.zaxxer.hikari:type=Pool (*)"), null)) {
                int borrowed = (int) BEANS.getAttribute(pool, "ActiveConnections");
                if (borrowed > 0) {
                    pools.put(pool, "borrowed connections of " + pool.getKeyProperty("type") + ": " + borrowed);
                }
            }
        } catch (JMException closed) {
            // A pool that has just been closed has no connections.
        }
        return pools;
    }

    /** Returns whether the module under test has a class, which is not initialized. */
    static boolean isPresent(String type) {
        return OwnWork.class.getClassLoader().getResource(type.replace('.', '/') + ".class") != null;
    }

    /** Returns the value of a field, which is static if there is no target. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <T extends @Nullable Object> T read(String type, String name, @Nullable Object target) {
        try {
            Field field = Class.forName(type).getDeclaredField(name);
            field.setAccessible(true);
            return (T) field.get(target);
        } catch (ReflectiveOperationException renamed) {
            throw new IllegalStateException("adapt LeakCheck: no field " + type + "." + name, renamed);
        }
    }

    private static void addTasks(Map<Object, String> work) {
        ThreadPoolExecutor timer = read(TIME + "OwnThreads$Timer", "SHARED", null);
        timer.getQueue().stream()
                .filter(task -> !task.toString().contains(TIME + "TimeoutBuffer$$Lambda"))
                .forEach(task -> work.put(task, "a pending task: " + task));
        Object timeouts = read(TIME + "OwnThreads$Timer", "TIMEOUTS", null);
        AtomicReference<@Nullable Future<?>> newest = read(TIME + "TimeoutBuffer", "newest", timeouts);
        Future<?> timeout = newest.get();
        while (timeout != null) {
            if (!timeout.isDone()) {
                work.put(timeout, "a pending timeout: " + timeout);
            }
            timeout = read(TIME + "TimeoutBuffer$Entry", "next", timeout);
        }
        ThreadPoolExecutor spare = read(TIME + "OwnThreads$Spare", "SHARED", null);
        if (spare.getActiveCount() > 0) {
            threads("respite-spare").forEach(thread -> work.put(thread, "a task of " + described(thread)));
        }
    }

    private static Stream<Thread> threads(String name) {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[root.activeCount() + 100];
        return Arrays.stream(threads, 0, root.enumerate(threads))
                .filter(thread -> thread.getName().matches(name));
    }

    private static String described(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .map(frame -> "\n\tat " + frame)
                .collect(Collectors.joining("", thread.getName(), ""));
    }
}
