package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.AsyncOperation;
import dev.respite.BreakerPerAttempt;
import dev.respite.Operation;
import dev.respite.Retry;
import dev.respite.driver.ParallelCall;
import dev.respite.hedge.Hedge;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A new entry point of the core is called from each language. */
class EntryPointsCoveredTest {

    /** The classes with entry points, and what the callers call an instance. */
    private static final Map<Class<?>, String> RECEIVERS = Map.of(
            Retry.class, "retry",
            BreakerPerAttempt.class, "perAttempt",
            Hedge.class, "hedge");

    private static final List<Class<?>> WORK = List.of(Operation.class, AsyncOperation.class, Callable.class);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "core/src/test/java/dev/respite/EntryPointsTest.java",
                "checks/languages/src/test/kotlin/dev/respite/languages/fromkotlin/EntryPointsTest.kt",
                "checks/languages/src/test/scala/dev/respite/languages/fromscala/EntryPointsTest.scala",
                "checks/languages/src/test/groovy/dev/respite/languages/fromgroovy/EntryPointsTest.groovy"
            })
    void everyEntryPoint_isCalledByThisFile(String file) throws IOException {
        String source = Files.readString(Snippet.ROOT.resolve(Path.of(file)));
        assertThat(entryPoints().toList())
                .hasSizeGreaterThanOrEqualTo(13)
                .allSatisfy(call -> assertThat(source).containsPattern("\\b" + call + "\\b"));
    }

    private static Stream<String> entryPoints() {
        return RECEIVERS.keySet().stream()
                .flatMap(type -> Arrays.stream(type.getMethods()).filter(EntryPointsCoveredTest::takesWork))
                .map(method -> RECEIVERS.get(method.getDeclaringClass()) + "\\." + method.getName())
                .distinct();
    }

    private static boolean takesWork(Method method) {
        // A call whose attempts run side by side is for the modules of Respite.
        return method.getReturnType() != ParallelCall.class
                && Arrays.stream(method.getParameterTypes())
                        .anyMatch(type -> WORK.stream().anyMatch(work -> work.isAssignableFrom(type)));
    }
}
