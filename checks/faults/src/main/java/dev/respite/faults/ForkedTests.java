package dev.respite.faults;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs a test class, or one of its methods, in a process of its own. It writes a line for each test to a file: {@value #PASSED},
 * or {@value #FAILED} if an assertion has failed. It is {@value #UNLINKED} if classes do not fit each other, and {@value #BROKEN} if
 * something else has failed. A leak that is found at the end fails too.
 */
final class ForkedTests implements TestExecutionListener {

    static final String PASSED = "passed";
    static final String FAILED = "failed";
    static final String UNLINKED = "unlinked";
    static final String BROKEN = "broken";

    /** An assertion often has the error in its message alone. A JDK without some of its modules does not come from a change of ours. */
    private static final Pattern LINKAGE = Pattern.compile(
            "\\b(NoSuchMethod|NoSuchField|NoClassDefFound|AbstractMethod|IllegalAccess|IncompatibleClassChange"
                    + "|BootstrapMethod|Verify|ClassFormat|UnsupportedClassVersion|Linkage)Error\\b(?!: jdk/)");

    private static final int MAX_MESSAGE = 160;

    private final List<String> lines = new ArrayList<>();

    private ForkedTests() {}

    /** Arguments: the file for the result, the class, the method or an empty text. */
    public static void main(String[] arguments) throws IOException, ClassNotFoundException {
        ForkedTests results = new ForkedTests();
        try {
            LauncherFactory.create().execute(request(Class.forName(arguments[1]), arguments[2]), results);
        } catch (AssertionError leaks) {
            results.lines.add(kind(leaks, true) + " " + inOneLine(leaks));
        }
        Files.write(Path.of(arguments[0]), results.lines);
        // Some tests leave threads that are no daemons.
        System.exit(0);
    }

    private static LauncherDiscoveryRequest request(Class<?> type, String method) {
        PostDiscoveryFilter named = test -> FilterResult.includedIf(method.isEmpty() || isOf(test, method));
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(type))
                .filters(named)
                .build();
    }

    /** Returns whether a test, or a container of tests, is of the method. */
    private static boolean isOf(TestDescriptor test, String method) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getMethodName().equals(method))
                .orElse(!test.getChildren().isEmpty());
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Throwable failure = result.getThrowable().orElse(null);
        if (failure != null && result.getStatus() == Status.FAILED) {
            lines.add(kind(failure, test.isTest()) + " " + test.getDisplayName() + ": " + inOneLine(failure));
        } else if (test.isTest() && result.getStatus() == Status.SUCCESSFUL) {
            lines.add(PASSED + " " + test.getDisplayName());
        }
    }

    private static String kind(Throwable failure, boolean isOfATest) {
        if (isUnlinked(failure)) {
            return UNLINKED;
        }
        return isOfATest && isAssertion(failure) ? FAILED : BROKEN;
    }

    private static boolean isUnlinked(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> open = new ArrayDeque<>(List.of(failure));
        while (!open.isEmpty()) {
            Throwable each = open.pop();
            if (seen.add(each)) {
                if (LINKAGE.matcher(each.toString()).find()) {
                    return true;
                }
                Optional.ofNullable(each.getCause()).ifPresent(open::push);
                open.addAll(List.of(each.getSuppressed()));
            }
        }
        return false;
    }

    private static boolean isAssertion(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            // Awaitility throws an exception of its own where an assertion has not become true.
            if (each instanceof AssertionError
                    || each.getClass().getName().equals("org.awaitility.core.ConditionTimeoutException")) {
                return true;
            }
        }
        return false;
    }

    /** The message in one line, shortened; AssertJ and JUnit begin theirs with an empty line. */
    private static String inOneLine(Throwable failure) {
        String text = failure.toString().replaceAll("\\s+", " ").strip();
        return text.length() > MAX_MESSAGE ? text.substring(0, MAX_MESSAGE) + "…" : text;
    }
}
