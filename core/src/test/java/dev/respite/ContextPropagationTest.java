package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.driver.ContextPropagation;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ContextPropagationTest {

    private final StringBuilder ran = new StringBuilder();

    static Stream<Named<UnaryOperator<Runnable>>> carriers() {
        return Stream.of(
                Named.of("that carries", task -> task),
                Named.of("that throws", task -> {
                    throw new IllegalStateException("carrier");
                }),
                Named.of("that has no task", task -> null),
                Named.of("whose task throws before", task -> () -> {
                    throw new IllegalStateException("before");
                }),
                Named.of("whose task throws after", task -> () -> {
                    task.run();
                    throw new IllegalStateException("after");
                }),
                Named.of("whose task forgets", task -> () -> {}),
                Named.of("whose task repeats", task -> () -> {
                    task.run();
                    task.run();
                }));
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void wrapOnce_anyContext_runsTheTaskOnce(UnaryOperator<Runnable> context) {
        Runnable task = ContextPropagation.wrapOnce(context, () -> ran.append("ran"), bug -> {});
        task.run();
        task.run();
        assertThat(ran).hasToString("ran");
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void wrap_anyContext_runsTheTaskEachTime(UnaryOperator<Runnable> context) {
        Runnable task = ContextPropagation.wrap(context, () -> ran.append("r"), bug -> {});
        task.run();
        int first = ran.length();
        task.run();
        assertThat(first).isPositive();
        assertThat(ran.length()).isEqualTo(2 * first);
    }
}
