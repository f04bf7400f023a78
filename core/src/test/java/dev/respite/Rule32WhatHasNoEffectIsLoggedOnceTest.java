package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a retry logs by itself, when, and how often. What a policy refuses is in {@code RetryPolicyRefusalTest}. */
class Rule32WhatHasNoEffectIsLoggedOnceTest {

    private static boolean initialized;

    private final LogLines lines = new LogLines();
    private final VirtualTime time = new VirtualTime();

    /** An exception that records its initialization. */
    static final class Initialized extends Exception {
        private static final long serialVersionUID = 1L;

        static {
            initialized = true;
        }
    }

    /** An error of the application's. */
    static final class OwnError extends Error {
        private static final long serialVersionUID = 1L;
    }

    @AfterEach
    void close() {
        lines.close();
    }

    // The policy

    @Test
    void of_aPolicyWithWarnings_logsEachOnceAndNoCopyDoes() {
        RetryPolicy policy = RetryPolicy.parse("retry-on=tiemout budget=off jitter=none total-timeout=29s");
        assertThat(lines.all()).as("parse").isEmpty();

        Retry retry = Retry.of(policy, time);

        assertThat(lines.all()).hasSize(3);
        assertThat(lines.containing("WARNING unknown-error-name: 'tiemout' is no name"))
                .singleElement()
                .asString()
                .contains("did you mean 'timeout'?")
                .endsWith("(policy: jitter=none total-timeout=29s budget=off retry-on=tiemout; more: respite explain;"
                        + " to omit: acknowledge=unknown-error-name)");
        assertThat(lines.containing("no-budget: ")).hasSize(1);
        assertThat(lines.containing("no-jitter: ")).hasSize(1);
        retry.withName("quotes")
                .withListener(event -> {})
                .withBudget(RetryBudgets.of(policy.budget()))
                .withPolicy(RetryPolicy.parse("max-attempts=1"))
                .driver()
                .withClassifier(outcome -> Verdict.accept())
                .withContext(task -> task);
        assertThat(lines.all()).hasSize(3);
    }

    @Test
    void of_theDefaults_logsNothing() {
        Retry.withDefaults();
        Retry.of(RetryPolicy.defaults(), time);

        assertThat(lines.all()).isEmpty();
    }

    @Test
    void of_equalPolicies_logsTheirWarningsOnceInAProcess() {
        for (int i = 0; i < 3; i++) {
            Retry.of(RetryPolicy.parse("budget=off total-timeout=28s"), time);
            Retry.of(RetryPolicy.parse("total-timeout=28s budget=off"), time).withName("other");
        }
        assertThat(lines.all()).hasSize(1);
        Retry.of(RetryPolicy.parse("budget=off total-timeout=27s"), time);
        assertThat(lines.all()).hasSize(2);
    }

    @Test
    void of_moreThanAThousandPolicies_forgetsAndLogsAgain() {
        RetryPolicy first = RetryPolicy.parse("budget=off total-timeout=26s");
        for (int i = 0; i < 2 * LoggedLines.MAX; i++) {
            Retry.of(RetryPolicy.parse("jitter=none base-delay=" + (i + 5) + "ms"), time);
            Retry.of(first, time);
        }
        assertThat(lines.containing("no-budget")).hasSizeBetween(2, 4);
        assertThat(lines.containing("no-jitter")).hasSize(2 * LoggedLines.MAX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max-attempts=1",
                "max-attempts=1 budget=off acknowledge=no-budget",
                "jitter=none base-delay=1ms acknowledge=no-jitter,short-delay"
            })
    void of_aPolicyWhoseWarningsAreDecided_logsNothing(String policy) {
        Retry.of(RetryPolicy.parse(policy), time);
        assertThat(lines.all()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base-delay=62s total-timeout=1h",
                "budget=11%",
                "max-attempts=11 total-timeout=25s",
                "on.404.max-attempts=5 total-timeout=24s"
            })
    void lineOfAWarning_isShort(String policy) {
        Retry.of(RetryPolicy.parse(policy), time);
        assertThat(lines.all())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(330).contains("respite explain"));
    }

    @Test
    void silent_ofAnyPolicy_logsNothing() {
        Retry retry = Retry.withoutWarnings(
                        RetryPolicy.parse(
                                "jitter=none retry-on=acme.IsNotThere attempt-timeout=1s budget=success:0.5/1/1"),
                        time)
                .withName("quiet");
        fail(retry, 3);

        assertThat(retry.counts().rejectedByBudget()).isPositive();
        assertThat(lines.all()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"retry-on=%s", "stop-on=%s", "on.%s.max-attempts=2"})
    void of_aClassThatIsNotFound_logsItsName(String key) {
        Retry.of(RetryPolicy.parse(String.format(key, "acme.IsNotThere")), time);
        Retry.of(RetryPolicy.parse(String.format(key, "acme.IsNotThere") + " acknowledge=unknown-class"), time);

        assertThat(lines.all())
                .singleElement()
                .asString()
                .startsWith("WARNING unknown-class: the class acme.IsNotThere");
    }

    @Test
    void of_aClassOfEitherLoader_logsNothingAndDoesNotInitializeIt() {
        RetryPolicy policy =
                RetryPolicy.parse("retry-on=" + Initialized.class.getName() + " stop-on=java.sql.SQLException");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            Retry.of(policy, time);
            thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
            Retry.of(policy, time);
            thread.setContextClassLoader(null);
            Retry.of(policy, time);
        } finally {
            thread.setContextClassLoader(before);
        }

        assertThat(lines.all()).isEmpty();
        assertThat(initialized).isFalse();
    }

    @Test
    void of_aClassWithoutAPackage_logsTheOneThatIsNotFound(@TempDir Path folder) throws IOException {
        Path source = Files.writeString(folder.resolve("Busy.java"), "class Busy extends Exception {}");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-proc:none", "-d", folder.toString(), source.toString()))
                .isZero();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            thread.setContextClassLoader(loader);
            Retry.of(RetryPolicy.parse("retry-on=class:Busy,class:Bussy"), time);
        } finally {
            thread.setContextClassLoader(before);
        }

        assertThat(lines.all())
                .singleElement()
                .asString()
                .startsWith("WARNING unknown-class: the class class:Bussy is found");
    }

    @Test
    void of_anErrorOfTheApplication_logsThatItIsNeverRetried() {
        Retry.of(RetryPolicy.parse("retry-on=" + OwnError.class.getName()), time);
        Retry.of(RetryPolicy.parse("stop-on=" + OwnError.class.getName()), time);

        assertThat(lines.all())
                .singleElement()
                .asString()
                .startsWith("WARNING retry-on-without-effect: retry-on=" + OwnError.class.getName());
    }

    // The attempt timeout

    @Test
    void call_underAnAttemptTimeout_logsAtItsFirstFailureOnly() throws Exception {
        Retry retry = Retry.of(RetryPolicy.parse("attempt-timeout=1s"), time).withName("payments");
        assertThat(retry.call(() -> "value")).isEqualTo("value");
        assertThat(lines.all()).isEmpty();

        fail(retry, 2);
        fail(retry.withListener(event -> {}), 1);

        assertThat(lines.containing("attempt-timeout"))
                .singleElement()
                .asString()
                .startsWith("WARNING attempt-timeout of 'payments' has no effect on Retry.call")
                .contains("callWithInterrupt", "callAsync");
    }

    @Test
    void call_thatCanEndItsAttempts_logsNothingOfTheAttemptTimeout() {
        Retry retry = Retry.of(RetryPolicy.parse("attempt-timeout=1s max-attempts=2"), time);
        assertThatThrownBy(() -> retry.callWithInterrupt(() -> {
                    throw new ConnectException();
                }))
                .isInstanceOf(ConnectException.class);
        CompletableFuture<Object> future =
                retry.callAsync(() -> CompletableFuture.failedFuture(new ConnectException()));
        time.runAll();
        assertThat(future).isCompletedExceptionally();
        fail(retry.driver().withClassifier(retry.policy().classifier()), 1);
        fail(Retry.of(RetryPolicy.parse("max-attempts=2"), time), 1);

        assertThat(lines.containing("attempt-timeout")).isEmpty();
    }

    // The budget

    @Test
    void call_withAnExhaustedBudget_logsAtMostOnceAMinute() throws Exception {
        Retry retry = Retry.of(RetryPolicy.parse("backoff=fixed base-delay=5ms"), time)
                .withName("payments");
        failByTimeout(retry);
        assertThat(lines.all()).as("two retries are paid for").isEmpty();
        long exhausted = time.nanoTime();

        for (int i = 0; i < 100; i++) {
            failByTimeout(retry);
        }
        assertThat(lines.all())
                .singleElement()
                .asString()
                .startsWith(
                        "WARNING budget exhausted for 'payments' (budget=fleet): no retry after the error" + " timeout")
                .contains("docs/on-call.md", "clients=20");
        assertThat(retry.counts().rejectedByBudget()).isEqualTo(100);

        time.sleep(exhausted + 59_999_999_999L - time.nanoTime());
        failByTimeout(retry);
        assertThat(lines.all()).hasSize(1);
        time.sleep(1);
        failByTimeout(retry);
        failByTimeout(retry.withListener(event -> {}));
        assertThat(lines.all()).hasSize(2);
    }

    @Test
    void call_ofAnotherRetry_logsItsOwnBudget() {
        Retry retry = Retry.of(RetryPolicy.parse("budget=success:0.5/1/1 backoff=fixed base-delay=5ms"), time);
        fail(retry.withName("one"), 2);
        fail(retry.withName("other"), 2);

        assertThat(lines.containing("budget exhausted for 'one'")).hasSize(1);
        assertThat(lines.containing("budget exhausted for 'other'")).hasSize(1);
    }

    @Test
    void call_withBudgetsOfSeveralTargets_logsEachByItsName() {
        RetryPolicy policy = RetryPolicy.parse("budget=success:0.5/1/1 backoff=fixed base-delay=5ms");
        Retry retry = Retry.of(policy, time).withName("payments");
        Retry one = retry.driver().withBudget(RetryBudgets.of(policy), "https://one.example:443");
        fail(one, 3);
        fail(retry.driver().withBudget(RetryBudgets.of(policy), "https://two.example:443"), 3);
        fail(one.withListener(event -> {}), 3);

        assertThat(lines.containing("budget exhausted for 'payments' at https://one.example:443 (budget="))
                .hasSize(1);
        assertThat(lines.containing("budget exhausted for 'payments' at https://two.example:443 (budget="))
                .hasSize(1);
        for (int i = 0; i < 2 * LoggedLines.MAX; i++) {
            fail(retry.driver().withBudget(one.budget(), "https://" + i + ".example:443"), 1);
        }
        assertThat(lines.containing("budget exhausted")).hasSizeGreaterThan(2 * LoggedLines.MAX);
    }

    @ParameterizedTest
    @CsvSource({"61, '', 1", "60, '', 0", "61, clients=20, 0", "61, budget=10%, 0"})
    void failingCalls_thatAreRareAndUndeclared_logTheirIntervalOnce(int seconds, String settings, int lines)
            throws Exception {
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=2 backoff=immediate " + settings), time)
                .withName("payments");
        for (int i = 0; i < 10; i++) {
            fail(retry, 1);
            retry.call(() -> "value");
            assertThat(this.lines.containing("makes a call")).hasSize(i < 5 ? 0 : lines);
            time.sleep(2L * seconds * 1_000_000_000L);
        }

        assertThat(this.lines.containing("WARNING 'payments' makes a call every 61 s"))
                .hasSize(lines);
    }

    private void failByTimeout(Retry retry) {
        assertThatThrownBy(() -> retry.call(() -> {
                    throw new SocketTimeoutException("Read timed out");
                }))
                .isInstanceOf(SocketTimeoutException.class);
    }

    private static void fail(Retry retry, int calls) {
        for (int i = 0; i < calls; i++) {
            assertThatThrownBy(() -> retry.call(() -> {
                        throw new ConnectException();
                    }))
                    .isInstanceOfAny(ConnectException.class, TimeoutException.class);
        }
    }
}
