package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.spring.boot.Rule39ThreadsOfLaterAttemptsTest.Quotes;
import dev.respite.spring.boot.Rule39ThreadsOfLaterAttemptsTest.Shop;
import dev.respite.spring.boot.Rule39ThreadsOfLaterAttemptsTest.WithDecorator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The threads of an executor that the application shares with later attempts. */
class ContextOfPoolThreadsTest {

    private static final String YAML = """
            respite.executor: single
            respite.policies.quotes: { max-attempts: 3, base-delay: 1ms, budget: off }
            """;

    @TempDir
    private Path folder;

    @Configuration(proxyBeanMethods = false)
    static class WithSingleThread {
        /** Its thread outlives tasks that fail. */
        @Bean(destroyMethod = "shutdown")
        ExecutorService single() {
            return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
                @Override
                public void execute(Runnable task) {
                    super.execute(new FutureTask<>(task, null));
                }
            };
        }
    }

    /** A task of ours has run in this thread before, without a decorator, and may have failed. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void callOfAThreadOfThePool_keepsTheContextOfTheThread(boolean hasFailed) throws Exception {
        try (ConfigurableApplicationContext context =
                TestApplication.start(folder, YAML, Shop.class, WithDecorator.class, WithSingleThread.class)) {
            Executor single = context.getBean("single", Executor.class);
            Quotes users = context.getBean("users", Quotes.class);
            context.getBean(Retry.class).time().executor().execute(() -> {
                if (hasFailed) {
                    throw new IllegalStateException("bug");
                }
            });
            CompletableFuture<String> after = new CompletableFuture<>();
            CompletableFuture<CompletableFuture<String>> call = new CompletableFuture<>();
            single.execute(() -> {
                Shop.USER.set("ann");
                call.complete(users.price(new ArrayList<>()));
                after.complete(String.valueOf(Shop.USER.get()));
                Shop.USER.remove();
            });
            assertThat(after.get(1, TimeUnit.MINUTES)).isEqualTo("ann");
            assertThat(call.get(1, TimeUnit.MINUTES))
                    .succeedsWithin(Duration.ofMinutes(1))
                    .isEqualTo("101.25");
            assertThat(users.seen()).containsExactly("ann", "ann", "ann");
        }
    }
}
