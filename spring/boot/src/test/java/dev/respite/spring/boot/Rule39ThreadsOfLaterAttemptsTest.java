package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.spring.Respite;
import dev.respite.time.TimeSource;
import java.net.ConnectException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

@ExtendWith(OutputCaptureExtension.class)
class Rule39ThreadsOfLaterAttemptsTest {

    private static final int POOL = 8;

    private static final String YAML = """
            spring.task.execution.pool: { core-size: 8, max-size: 8 }
            respite.policies.quotes: { max-attempts: 3, base-delay: 1ms, budget: off }
            """;

    @TempDir
    private Path folder;

    /** Fails twice for each caller. */
    static class Quotes {
        private final Queue<Object> seen = new ConcurrentLinkedQueue<>();
        private final Supplier<Object> look;

        Quotes(Supplier<Object> look) {
            this.look = look;
        }

        List<Object> seen() {
            return new ArrayList<>(seen);
        }

        @Respite("quotes")
        CompletableFuture<String> price(List<Object> attempts) {
            attempts.add("attempt");
            seen.add(look.get());
            return attempts.size() < 3
                    ? CompletableFuture.failedFuture(new ConnectException("refused"))
                    : CompletableFuture.completedFuture("101.25");
        }
    }

    /** Joins an asynchronous call in a thread of Spring Boot's pool, in all of these at the same time. */
    static class Joining {
        private final Quotes quotes;
        private final CyclicBarrier all = new CyclicBarrier(POOL);

        Joining(Quotes quotes) {
            this.quotes = quotes;
        }

        @Async
        CompletableFuture<String> price() throws Exception {
            all.await();
            return CompletableFuture.completedFuture(
                    quotes.price(new ArrayList<>()).join());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({TaskExecutionAutoConfiguration.class, RespiteAutoConfiguration.class})
    @EnableAsync
    static class Shop {
        static final ThreadLocal<String> USER = new ThreadLocal<>();

        @Bean
        Quotes names() {
            return new Quotes(() -> Thread.currentThread().getName());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithJoining {
        @Bean
        Joining joining(Quotes quotes) {
            return new Joining(quotes);
        }
    }

    @Test
    void asyncMethods_thatFillTheirPoolAndJoinRetriedCalls_allEnd() throws Exception {
        try (ConfigurableApplicationContext context =
                TestApplication.start(folder, YAML, Shop.class, WithJoining.class)) {
            Joining joining = context.getBean(Joining.class);
            List<CompletableFuture<String>> calls = new ArrayList<>();
            for (int i = 0; i < POOL; i++) {
                calls.add(joining.price());
            }
            for (CompletableFuture<String> call : calls) {
                assertThat(call.get(1, TimeUnit.MINUTES)).isEqualTo("101.25");
            }
            assertThat(context.getBean(Quotes.class).seen())
                    .filteredOn(name -> name.toString().startsWith("respite-"))
                    .hasSize(2 * POOL);
        }
    }

    /** All processors of the common pool, and more, are busy with attempts that wait for each other. */
    @Test
    void attempts_thatJoinOtherRetriedCalls_allEnd() throws Exception {
        try (ConfigurableApplicationContext context = TestApplication.start(folder, YAML, Shop.class)) {
            Quotes quotes = context.getBean(Quotes.class);
            Retry retry = context.getBean(Retry.class);
            int calls = 2 * Runtime.getRuntime().availableProcessors() + POOL;
            CountDownLatch secondAttempts = new CountDownLatch(calls);
            List<CompletableFuture<String>> outer = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                outer.add(retry.callAsyncWithAttempt(attempt -> {
                    if (attempt.number() == 1) {
                        return CompletableFuture.failedFuture(new ConnectException("refused"));
                    }
                    secondAttempts.countDown();
                    secondAttempts.await();
                    return CompletableFuture.completedFuture(
                            quotes.price(new ArrayList<>()).join());
                }));
            }
            for (CompletableFuture<String> call : outer) {
                assertThat(call.get(1, TimeUnit.MINUTES)).isEqualTo("101.25");
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithDecorator {
        @Bean
        TaskDecorator userDecorator() {
            return task -> {
                String user = Shop.USER.get();
                return () -> {
                    Shop.USER.set(user);
                    try {
                        task.run();
                    } finally {
                        Shop.USER.remove();
                    }
                };
            };
        }

        @Bean
        Quotes users() {
            return new Quotes(Shop.USER::get);
        }
    }

    @Test
    void attempts_withATaskDecorator_haveTheContextOfTheCaller() throws Exception {
        try (ConfigurableApplicationContext context =
                TestApplication.start(folder, YAML, Shop.class, WithDecorator.class)) {
            Quotes users = context.getBean("users", Quotes.class);
            Shop.USER.set("ann");
            users.price(new ArrayList<>()).get(1, TimeUnit.MINUTES);
            assertThat(Shop.USER.get()).isEqualTo("ann");
            Shop.USER.remove();
            assertThat(users.seen()).containsExactly("ann", "ann", "ann");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithFullPool {
        @Bean
        ThreadPoolTaskExecutor full() {
            ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
            pool.setMaxPoolSize(1);
            pool.setQueueCapacity(0);
            pool.setRejectedExecutionHandler(new ThreadPoolExecutor.CallerRunsPolicy());
            return pool;
        }
    }

    /** The pool runs them on the timer's thread, which leaves them to a thread of ours. */
    @Test
    void attempts_onAFullExecutorWithCallerRunsPolicy_haveTheContextOfTheCaller() throws Exception {
        try (ConfigurableApplicationContext context = TestApplication.start(
                folder, YAML + "respite.executor: full\n", Shop.class, WithDecorator.class, WithFullPool.class)) {
            CompletableFuture<String> end = new CompletableFuture<>();
            context.getBean("full", ThreadPoolTaskExecutor.class).execute(end::join);
            Quotes users = context.getBean("users", Quotes.class);
            Shop.USER.set("ann");
            users.price(new ArrayList<>()).get(1, TimeUnit.MINUTES);
            end.complete("");
            assertThat(Shop.USER.get()).isEqualTo("ann");
            Shop.USER.remove();
            assertThat(users.seen()).containsExactly("ann", "ann", "ann");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithGroups {
        @Bean
        Quotes groups() {
            return new Quotes(() -> Thread.currentThread().getThreadGroup().getName());
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void attempts_withVirtualThreads_runOnThese() throws Exception {
        String virtual = YAML + "spring.threads.virtual.enabled: true\n";
        try (ConfigurableApplicationContext context =
                TestApplication.start(folder, virtual, Shop.class, WithGroups.class)) {
            Quotes groups = context.getBean("groups", Quotes.class);
            groups.price(new ArrayList<>()).get(1, TimeUnit.MINUTES);
            assertThat(groups.seen().subList(1, 3)).containsOnly("VirtualThreads");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithLoaders {
        @Bean
        Quotes loaders() {
            return new Quotes(() -> Thread.currentThread().getContextClassLoader());
        }
    }

    @Test
    void attempts_onANamedExecutor_haveTheLoaderOfTheCallerAndItsThreadsTheirOwn() throws Exception {
        String named = YAML + "respite.executor: applicationTaskExecutor\n";
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        ClassLoader application = new URLClassLoader(new URL[0], own);
        Thread.currentThread().setContextClassLoader(application);
        try (ConfigurableApplicationContext context =
                TestApplication.start(folder, named, Shop.class, WithLoaders.class)) {
            Quotes names = context.getBean("names", Quotes.class);
            names.price(new ArrayList<>()).get(1, TimeUnit.MINUTES);
            assertThat(names.seen().subList(1, 3))
                    .allMatch(name -> name.toString().startsWith("task-"));

            ClassLoader caller = new URLClassLoader(new URL[0], application);
            Thread.currentThread().setContextClassLoader(caller);
            Quotes loaders = context.getBean("loaders", Quotes.class);
            loaders.price(new ArrayList<>()).get(1, TimeUnit.MINUTES);
            assertThat(loaders.seen()).hasSize(3).containsOnly(caller);

            Thread.currentThread().setContextClassLoader(application);
            assertThat(loadersOf(context.getBean(ThreadPoolTaskExecutor.class))).containsOnly(application);
        } finally {
            Thread.currentThread().setContextClassLoader(own);
        }
    }

    /** The thread that submits is a timer's, or one of a library. */
    @Test
    void threads_ofOurs_haveTheLoaderOfTheApplication() throws Exception {
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        ClassLoader application = new URLClassLoader(new URL[0], own);
        Thread.currentThread().setContextClassLoader(application);
        try (ConfigurableApplicationContext context = TestApplication.start(folder, YAML, Shop.class)) {
            Executor executor = context.getBean(Retry.class).time().executor();
            Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0], own));
            assertThat(CompletableFuture.supplyAsync(
                                    () -> Thread.currentThread().getContextClassLoader(), executor)
                            .get(1, TimeUnit.MINUTES))
                    .isSameAs(application);
        } finally {
            Thread.currentThread().setContextClassLoader(own);
        }
    }

    /** Looks at all threads of a pool. */
    private static List<ClassLoader> loadersOf(ThreadPoolTaskExecutor pool) throws Exception {
        CyclicBarrier all = new CyclicBarrier(POOL);
        List<Future<ClassLoader>> looks = new ArrayList<>();
        for (int i = 0; i < POOL; i++) {
            looks.add(pool.submit(() -> {
                all.await();
                return Thread.currentThread().getContextClassLoader();
            }));
        }
        List<ClassLoader> loaders = new ArrayList<>();
        for (Future<ClassLoader> look : looks) {
            loaders.add(look.get(1, TimeUnit.MINUTES));
        }
        return loaders;
    }

    @Test
    void executor_ofAnUnknownName_failsAtStartWithTheNames(CapturedOutput output) {
        String named = YAML + "respite.executor: applicationTaskExecuter\n";
        assertThatThrownBy(() -> TestApplication.start(folder, named, Shop.class));
        assertThat(output.getAll()).contains("respite.executor", "did you mean 'applicationTaskExecutor'?");
    }

    @Test
    void attempts_afterTheApplicationHasStopped_areRejected() throws Exception {
        TimeSource time;
        try (ConfigurableApplicationContext context = TestApplication.start(folder, YAML, Shop.class)) {
            time = context.getBean(Retry.class).time();
        }
        Executor stopped = time.executor();
        assertThatThrownBy(() -> stopped.execute(() -> {})).isInstanceOf(RuntimeException.class);
    }
}
