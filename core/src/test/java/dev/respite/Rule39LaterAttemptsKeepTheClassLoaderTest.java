package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.hedge.Hedge;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.ConnectException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Rule39LaterAttemptsKeepTheClassLoaderTest {

    private static final String DELAYED = "max-attempts=3 base-delay=1ms budget=off";

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final ClassLoader caller = new URLClassLoader(new URL[0], before);
    private final ClassLoader pool = new URLClassLoader(new URL[0], before);
    private final Queue<ClassLoader> seen = new ConcurrentLinkedQueue<>();

    /** Its one thread is created when the first task is submitted. */
    private final ExecutorService executor =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());

    @BeforeEach
    void setLoader() {
        Thread.currentThread().setContextClassLoader(caller);
    }

    @AfterEach
    void restoreLoader() {
        Thread.currentThread().setContextClassLoader(before);
        executor.shutdownNow();
    }

    /** A time source that the owner of the executor has created. */
    private TimeSource onExecutor() {
        Thread.currentThread().setContextClassLoader(pool);
        TimeSource time = TimeSource.on(executor);
        Thread.currentThread().setContextClassLoader(caller);
        return time;
    }

    private CompletableFuture<String> fail() {
        seen.add(Thread.currentThread().getContextClassLoader());
        return CompletableFuture.failedFuture(new ConnectException("refused"));
    }

    private static void awaitFailure(CompletableFuture<?> call) throws InterruptedException {
        try {
            call.get();
        } catch (ExecutionException | CompletionException expected) {
            assertThat(expected).hasRootCauseInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {DELAYED, "max-attempts=3 base-delay=0ms budget=off"})
    void attempts_ofAnAsynchronousCall_haveTheLoaderOfTheCaller(String policy) throws Exception {
        awaitFailure(Retry.of(RetryPolicy.parse(policy)).callAsync(this::fail));
        assertThat(seen).hasSize(3).containsOnly(caller);
    }

    @Test
    void attempts_withACarrier_haveTheLoaderOfTheCaller() throws Exception {
        awaitFailure(Retry.of(RetryPolicy.parse(DELAYED))
                .withContext(UnaryOperator.identity())
                .callAsync(this::fail));
        assertThat(seen).hasSize(3).containsOnly(caller);
    }

    @Test
    void attempts_ofAHedge_haveTheLoaderOfTheCaller() throws Exception {
        awaitFailure(Hedge.of(Retry.of(RetryPolicy.parse(DELAYED)), Duration.ofSeconds(20))
                .withMaxAttempts(3)
                .callIdempotent(this::fail));
        assertThat(seen).hasSize(3).containsOnly(caller);
    }

    @Test
    void threadOfThePool_afterACall_hasTheLoaderOfItsOwner() throws Exception {
        awaitFailure(Retry.of(RetryPolicy.parse(DELAYED), onExecutor()).callAsync(this::fail));
        assertThat(seen).hasSize(3).containsOnly(caller);
        assertThat(executor.submit(() -> Thread.currentThread().getContextClassLoader())
                        .get())
                .isSameAs(pool);
    }

    @Test
    void threadOfTheTimer_afterACall_hasTheSystemClassLoader() throws Exception {
        awaitFailure(Retry.of(RetryPolicy.parse(DELAYED), onExecutor()).callAsync(this::fail));
        CompletableFuture<ClassLoader> timer = new CompletableFuture<>();
        var unused = TimeSource.system()
                .schedule(() -> timer.complete(Thread.currentThread().getContextClassLoader()), 1);
        assertThat(timer.get()).isSameAs(ClassLoader.getSystemClassLoader());
    }
}
