package dev.respite.testsupport;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Fails the build of a module whose tests use more processor time than the module allows. The limit is the system property
 * {@value #LIMIT}, in seconds, on a machine without other work. Processor time of this process counts, not real time. Other
 * processes still make the same work more expensive, since they share its caches. Six processes a core added two thirds. On a slow
 * shared machine tests with a database took 2.9 times as much. So four times the limit is tolerated.
 */
public final class CpuLimit implements LauncherSessionListener, TestExecutionListener {
    private static final double TOLERANCE = 4;

    static final String LIMIT = "respite.test.cpu";

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
        double total = SYSTEM.getProcessCpuTime() / 1e9;
        int limit = Integer.getInteger(LIMIT, Integer.MAX_VALUE);
        String report = "The tests used %.1f s of processor time: %s".formatted(total, largest());
        System.out.println(report);
        if (total > limit * TOLERANCE) {
            throw new AssertionError(report + ". This module allows " + limit
                    + " s (property test.cpu): make them faster, or tag the long ones \"slow\".");
        }
    }

    private String largest() {
        return used.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(5)
                .map(e -> "%s %.1f s".formatted(e.getKey(), e.getValue() / 1e9))
                .collect(Collectors.joining(", "));
    }

    static boolean isTopLevelClass(TestIdentifier test) {
        return test.isContainer()
                && test.getSource().filter(ClassSource.class::isInstance).isPresent()
                && test.getParentIdObject()
                        .filter(id -> id.getSegments().size() == 1)
                        .isPresent();
    }
}
