package dev.respite.testsupport;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Prints the processor time of the tests of a module, and of its five largest classes; {@code target/processor-time-1.txt} has all of
 * them, and one with 2 those of a second virtual machine. It is a report and no limit: other processes share the caches, and the same tests of databases took 2.9 times as much on a
 * busy machine.
 */
public final class CpuReport implements LauncherSessionListener, TestExecutionListener {

    private static final com.sun.management.OperatingSystemMXBean SYSTEM =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Map<String, Long> startedAt = new ConcurrentHashMap<>();
    private final Map<String, Long> used = new ConcurrentHashMap<>();

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        session.getLauncher().registerTestExecutionListeners(this);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (isTopLevelClass(test)) {
            startedAt.put(test.getUniqueId(), SYSTEM.getProcessCpuTime());
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Long start = startedAt.remove(test.getUniqueId());
        if (start != null) {
            used.merge(test.getDisplayName(), SYSTEM.getProcessCpuTime() - start, Long::sum);
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (used.isEmpty()) {
            return; // a session that only looks for tests, in the process of Maven
        }
        List<String> classes = used.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(e -> "%s %.1f s".formatted(e.getKey(), e.getValue() / 1e9))
                .toList();
        System.out.printf(
                "The tests used %.1f s of processor time: %s%n",
                SYSTEM.getProcessCpuTime() / 1e9, String.join(", ", classes.subList(0, Math.min(5, classes.size()))));
        try {
            String file = "processor-time-%s.txt".formatted(System.getProperty("respite.test.fork", "1"));
            Files.createDirectories(Path.of("target"));
            Files.write(Path.of("target", file), classes);
        } catch (IOException noBuildDirectory) {
            // Tests that an editor runs.
        }
    }

    static boolean isTopLevelClass(TestIdentifier test) {
        return test.isContainer()
                && test.getSource().filter(ClassSource.class::isInstance).isPresent()
                && test.getParentIdObject()
                        .filter(id -> id.getSegments().size() == 1)
                        .isPresent();
    }
}
