package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.net.ConnectException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text form marks a class without a package by {@code class:}. A program in one file has such classes. */
class UnnamedPackageTest {

    private static URLClassLoader loader;

    /** A nested class, its subclass, and classes with the names of a kind of error, of a status, and of all errors. */
    @BeforeAll
    static void compile(@TempDir Path folder) throws Exception {
        Path source = folder.resolve("Program.java");
        Files.writeString(source, """
                public class Program {
                    public static class Busy extends RuntimeException {}
                    public static class VeryBusy extends Busy {}
                }
                class any extends Exception { public any() {} }
                class timeout extends Exception { public timeout() {} }
                """);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-d", folder.toString(), "-proc:none");
            assertThat(compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
                            .call())
                    .as("%s", messages)
                    .isTrue();
        }
        loader = new URLClassLoader(new URL[] {folder.toUri().toURL()});
        for (String name : List.of("Program$Busy", "Program$VeryBusy", "any", "timeout")) {
            loader.loadClass(name);
        }
    }

    @AfterAll
    static void close() throws IOException {
        loader.close();
    }

    private static Class<? extends Throwable> type(String name) {
        try {
            return loader.loadClass(name).asSubclass(Throwable.class);
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(missing);
        }
    }

    private static Throwable thrown(String name) {
        try {
            Constructor<? extends Throwable> constructor = type(name).getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException failed) {
            throw new LinkageError(name, failed);
        }
    }

    private static boolean retries(RetryPolicy policy, Throwable failure) {
        return policy.classify(Outcome.failure(failure)) instanceof Verdict.Transient;
    }

    @Test
    void retryOn_nestedClassOfAProgram_isRetriedWithItsSubclassesAndAsACause() {
        RetryPolicy policy = RetryPolicy.builder().retryOn(type("Program$Busy")).build();
        assertThat(retries(policy, thrown("Program$Busy"))).isTrue();
        assertThat(retries(policy, thrown("Program$VeryBusy"))).isTrue();
        assertThat(retries(policy, new IllegalStateException(thrown("Program$VeryBusy"))))
                .isTrue();
        assertThat(retries(policy, new IllegalStateException())).isFalse();
        assertThat(retries(policy, new ConnectException())).isTrue();
        assertThat(RetryPolicy.builder()
                        .stopOn(type("Program$VeryBusy"))
                        .retryOn(type("Program$Busy"))
                        .build())
                .satisfies(both -> {
                    assertThat(retries(both, thrown("Program$Busy"))).isTrue();
                    assertThat(retries(both, thrown("Program$VeryBusy"))).isFalse();
                });
    }

    @Test
    void retryOn_classThatIsCalledAny_isRetriedAlone() {
        RetryPolicy policy = RetryPolicy.builder().retryOn(type("any")).build();
        assertThat(retries(policy, thrown("any"))).isTrue();
        assertThat(retries(policy, thrown("timeout"))).isFalse();
        assertThat(retries(policy, new IllegalStateException())).isFalse();
    }

    @Test
    void stopOn_classWithTheNameOfAKind_endsNoCallOfThatKind() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryOn("any")
                .stopOn(type("any"))
                .stopOn(type("timeout"))
                .build();
        assertThat(retries(policy, thrown("any"))).isFalse();
        assertThat(retries(policy, thrown("timeout"))).isFalse();
        assertThat(retries(policy, new java.net.SocketTimeoutException())).isTrue();
        assertThat(retries(policy, new IllegalStateException())).isTrue();
    }

    @Test
    void retryOnly_classOfAProgram_isRetriedAloneAndWithoutAWarning() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryOnly(type("Program$Busy"), IOException.class)
                .build();
        assertThat(retries(policy, thrown("Program$VeryBusy"))).isTrue();
        assertThat(retries(policy, new IOException())).isTrue();
        assertThat(retries(policy, new java.util.concurrent.TimeoutException())).isFalse();
        RetryPolicy one = RetryPolicy.builder().retryOnly(type("Program$Busy")).build();
        assertThat(retries(one, new ConnectException())).isFalse();
        assertThat(Explanation.of(one).warnings())
                .noneMatch(warning -> warning.code().equals("no-retries"));
    }

    @Test
    void text_ofAClassWithoutAPackage_isReadAgain() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryOn(type("any"))
                .retryOn(IOException.class)
                .stopOn(type("Program$Busy"))
                .on("class:any", "max-attempts", "2")
                .build();
        assertThat(policy.settings())
                .containsEntry("retry-on", "class:any,java.io.IOException")
                .containsEntry("stop-on", "class:Program$Busy");
        assertThat(RetryPolicy.parse(policy.toString())).isEqualTo(policy);
        assertThat(policy.decide(new Attempt(2, 0, 0), Outcome.failure(thrown("any")), 0.5))
                .isInstanceOf(Decision.Throw.class);
        assertThat(policy.decide(new Attempt(2, 0, 0), Outcome.failure(new IOException()), 0.5))
                .isInstanceOf(Decision.RetryAfter.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"class:", "class:java.io.IOException", "class:not-a-name", "class:class:any", "Busy"})
    void selector_thatIsNoClassWithoutAPackage_isRejected(String selector) {
        assertThatThrownBy(() -> RetryPolicy.parse("retry-on=" + selector))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("class:Busy without a package");
    }

    @Test
    void toBuilder_keepsTheClasses_andAGivenOnePrecedes() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryOn(type("any"))
                .stopOn(type("Program$Busy"))
                .build();
        assertThat(policy.toBuilder().build()).isEqualTo(policy).hasSameHashCodeAs(policy);
        assertThat(policy)
                .isNotEqualTo(RetryPolicy.builder().retryOn(type("any")).build())
                .isNotEqualTo(RetryPolicy.defaults());
        RetryPolicy reversed = policy.toBuilder()
                .retryOn(type("Program$Busy"))
                .stopOn(type("any"))
                .build();
        assertThat(retries(policy, thrown("Program$VeryBusy"))).isFalse();
        assertThat(retries(reversed, thrown("Program$VeryBusy"))).isTrue();
        assertThat(retries(policy, thrown("any"))).isTrue();
        assertThat(retries(reversed, thrown("any"))).isFalse();
        assertThat(retries(policy.withHedging(2), thrown("any"))).isTrue();
    }

    @Test
    void classes_thatContradict_areRejected() {
        RetryPolicyBuilder both = RetryPolicy.builder().retryOn(type("any")).stopOn(type("any"));
        assertThatThrownBy(both::build)
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage("stop-on=class:any: is named by retry-on too; leave one of them out");
        RetryPolicyBuilder besideAClassifier =
                RetryPolicy.builder().classifier(outcome -> Verdict.accept()).stopOn(type("any"));
        assertThatThrownBy(besideAClassifier::build).hasMessageContaining("stop-on");
    }

    @Test
    void textForm_keepsItsGrammar() {
        assertThat(retries(RetryPolicy.of(Map.of("retry-on", "any")), new IllegalStateException()))
                .isTrue();
        assertThat(RetryPolicy.builder().retryOn(IOException.class).build())
                .isEqualTo(RetryPolicy.parse("retry-on=java.io.IOException"));
        assertThat(RetryPolicy.builder().retryOnly(IOException.class).build())
                .isEqualTo(RetryPolicy.parse("retry-on=java.io.IOException stop-on=any"));
        assertThatThrownBy(() -> RetryPolicy.builder().retryOnly()).hasMessageContaining("retryOnly() has no class");
        assertThatThrownBy(() -> RetryPolicy.builder().retryOnly(InterruptedException.class))
                .hasMessageContaining("can have no effect");
    }
}
