package dev.respite.testsupport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Fails the build of a module if one of its test classes leaves a thread, a task or a borrowed connection of Respite, or leaks a
 * buffer of Netty. The message names the class. What ends within seconds after the class is no leak.
 *
 * <p>While {@link CachedContexts} has applications, threads and tasks may be theirs. They are checked when the applications have been
 * closed, at the end of the session. Buffers are checked there too, after a forced collection.
 */
public final class LeakCheck implements LauncherSessionListener, TestExecutionListener {

    static final String PATIENCE = "respite.test.leaks.patience";
    static final Duration POLL = Duration.ofMillis(5);

    private final Duration patience;
    private final Map<Object, String> owners = new HashMap<>();
    private final Set<Object> reported = new HashSet<>();
    private final List<String> leaks = new ArrayList<>();
    private final @Nullable NettyDetectors netty;
    private Set<Object> before = Set.of();
    private boolean isUsed;

    /** Creates a check that waits as many seconds as the system property {@value #PATIENCE} has; without it, nothing is checked. */
    public LeakCheck() {
        this(Duration.ofSeconds(Integer.getInteger(PATIENCE, 0)));
    }

    /** Creates a check that waits for ending work as long as the patience. A patience of zero switches the check off. */
    public LeakCheck(Duration patience) {
        this.patience = patience;
        boolean hasNetty = OwnWork.isPresent("io.netty.util.ResourceLeakDetector");
        this.netty = hasNetty && !patience.isZero() ? NettyDetectors.install() : null;
    }

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (!patience.isZero()) {
            OwnWork.registerPools();
            session.getLauncher().registerTestExecutionListeners(this);
        }
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (CpuReport.isTopLevelClass(test)) {
            isUsed = true;
            before = OwnWork.current().keySet();
            if (netty != null) {
                netty.begin(test.getDisplayName());
            }
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (CpuReport.isTopLevelClass(test)) {
            left(false).keySet().forEach(work -> owners.putIfAbsent(work, test.getDisplayName()));
            awaitEnd(test.getDisplayName(), !CachedContexts.all().isEmpty());
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (!isUsed) {
            return; // a session that only looks for tests, in the process of Maven
        }
        CachedContexts.close();
        before = reported;
        awaitEnd("a test class", false);
        if (netty != null) {
            leaks.addAll(netty.takeLeaks());
        }
        if (!leaks.isEmpty()) {
            throw new AssertionError("leaks of test classes: " + leaks.size() + "\n" + String.join("\n", leaks)
                    + "\nClose what a class has made, release buffers, and wait for calls that it has started.");
        }
    }

    private Map<Object, String> left(boolean onlyConnections) {
        Map<Object, String> left = onlyConnections ? OwnWork.connections() : OwnWork.current();
        left.keySet().removeAll(before);
        return left;
    }

    private void awaitEnd(String owner, boolean onlyConnections) {
        if (left(onlyConnections).isEmpty()) {
            return;
        }
        try {
            Awaitility.await()
                    .pollInterval(POLL)
                    .atMost(patience)
                    .until(() -> left(onlyConnections).isEmpty());
        } catch (ConditionTimeoutException late) {
            left(onlyConnections).forEach((work, text) -> {
                reported.add(work);
                leaks.add(owners.getOrDefault(work, owner) + " left " + text);
            });
        }
    }
}
