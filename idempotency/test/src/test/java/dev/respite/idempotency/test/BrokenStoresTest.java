package dev.respite.idempotency.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.respite.idempotency.store.IdempotencyStore;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Each test of the contract fails, by its assertion, for a store that breaks its promise. */
class BrokenStoresTest {

    private static StoreDefect defect = StoreDefect.FINDS_NOTHING;

    /** A store declares the promises that it does not make. */
    private static boolean isDeclared;

    /** Surefire does not run it: its name does not end with "Test". */
    static class Contract extends InMemoryIdempotencyStoreTest {

        private final IdempotencyStore store = new BrokenStore(defect, super.store());

        @Override
        public IdempotencyStore store() {
            return store;
        }

        @Override
        public boolean rejectsKeysOlderThanPurgedOnes() {
            return !isDeclared;
        }

        @Override
        public boolean supportsListing() {
            return !isDeclared;
        }
    }

    /** Notes the tests that have failed. */
    private static final class Failures implements TestExecutionListener {

        private final Set<String> all = new TreeSet<>();
        private final Set<String> byAssertion = new TreeSet<>();

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            boolean hasFailed = result.getStatus() == TestExecutionResult.Status.FAILED;
            if (hasFailed && test.getSource().orElse(null) instanceof MethodSource source) {
                all.add(source.getMethodName());
                if (result.getThrowable().orElse(null) instanceof AssertionError) {
                    byAssertion.add(source.getMethodName());
                }
            }
        }
    }

    private static Failures failures(StoreDefect broken, boolean declares) {
        defect = broken;
        isDeclared = declares;
        Failures failures = new Failures();
        LauncherConfig config = LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .build();
        try (LauncherSession session = LauncherFactory.openSession(config)) {
            session.getLauncher()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(Contract.class))
                                    .build(),
                            failures);
        }
        return failures;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CANNOT_LIST")
    void contract_ofABrokenStore_fails(StoreDefect broken) {
        assertThat(failures(broken, false).byAssertion).containsAll(broken.tests());
    }

    @ParameterizedTest
    @EnumSource(names = {"HAS_NO_MARK", "CANNOT_LIST"})
    void contract_ofAStoreThatSaysWhatItCannotDo_succeeds(StoreDefect allowed) {
        assertThat(failures(allowed, true).all).isEmpty();
    }

    /** A store that raises the mark too often may say that it has none. */
    @Test
    void contract_ofAStoreWithoutAPromisedMark_doesNotTestIt() {
        assertThat(failures(StoreDefect.MARKS_EVERY_PURGE, true).all)
                .doesNotContain("purge_keysWithoutATime_leaveNoMark");
    }

    @Test
    void store_thatSaysNothing_promisesAll() {
        IdempotencyStoreContract silent = new InMemoryIdempotencyStoreTest();
        assertThat(silent.supportsListing()).isTrue();
        assertThat(silent.rejectsKeysOlderThanPurgedOnes()).isTrue();
    }

    @Test
    void contract_everyTest_isNamedByADefect() {
        Set<String> named = Stream.of(StoreDefect.values())
                .flatMap(broken -> broken.tests().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> tests = Stream.of(Contract.class.getMethods())
                .filter(method ->
                        method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class))
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).isEqualTo(tests);
    }
}
