package dev.respite.idempotency.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

/** Spring's types are in {@code stacks/idempotency-spring}. */
class RequireSynchronousTest {

    /** Handlers that respond before they return. */
    @SuppressWarnings("unused")
    interface Synchronous {
        void nothing();

        String text();

        Optional<Map<String, List<Integer>>> generic();

        <T extends Comparable<T>> T variable(T same);

        Object anything();

        String callback(Callable<String> callable, Future<String> future);

        List<CompletableFuture<String>> list();
    }

    /** Handlers that respond later. */
    @SuppressWarnings("unused")
    interface Late {
        CompletableFuture<String> completable();

        CompletionStage<String> stage();

        Future<String> future();

        FutureTask<String> subtype();

        Callable<String> callable();

        Flow.Publisher<String> publisher();

        SubmissionPublisher<String> publisherByClass();

        <T extends CompletableFuture<String>> T variable(T same);

        @SuppressWarnings("rawtypes")
        CompletionStage raw();
    }

    private static List<Method> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }

    @Test
    void requireSynchronous_handlersThatAnswerBeforeTheyReturn_isSilent() {
        assertThatCode(() -> IdempotencyFilter.requireSynchronous(methods(Synchronous.class)))
                .doesNotThrowAnyException();
        assertThatCode(() -> IdempotencyFilter.requireSynchronous(List.of())).doesNotThrowAnyException();
    }

    @Test
    void requireSynchronous_handlersThatAnswerLater_listsEach() {
        List<Method> late = methods(Late.class);
        assertThat(late)
                .allSatisfy(method -> assertThatThrownBy(() -> IdempotencyFilter.requireSynchronous(List.of(method)))
                        .as(method.getName())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(method.toGenericString())
                        .hasMessageContaining("withAsyncHandlers()"));
        assertThatThrownBy(() -> IdempotencyFilter.requireSynchronous(late))
                .hasMessageStartingWith("9 methods")
                .hasMessageContaining("Late.stage()")
                .hasMessageContaining("Late.callable()");
    }
}
