package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.spring.Respite;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The application of {@link ExecutableJarTest}: ends with an exception if an attempt or a thread has the wrong class loader. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({TaskExecutionAutoConfiguration.class, RespiteAutoConfiguration.class})
class ExecutableApplication {

    @Bean
    Quotes quotes() {
        return new Quotes();
    }

    /** Each attempt loads a class of the application, as libraries that search for providers do. */
    static class Quotes {

        @Respite("quotes")
        CompletableFuture<String> price(AtomicInteger attempts) throws ClassNotFoundException {
            var unused = loadedByThread();
            return attempts.incrementAndGet() < 3
                    ? CompletableFuture.failedFuture(new ConnectException("refused"))
                    : CompletableFuture.completedFuture("101.25");
        }
    }

    private static Class<?> loadedByThread() throws ClassNotFoundException {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Class<?> loaded = Class.forName(ExecutableApplication.class.getName(), false, loader);
        if (loaded != ExecutableApplication.class) {
            throw new ClassNotFoundException(loader + " has another one");
        }
        return loaded;
    }

    public static void main(String[] arguments) throws Exception {
        run("a thread for each attempt");
        run("--respite.executor=applicationTaskExecutor");
        Retry plain = Retry.of(RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off"));
        Quotes quotes = new Quotes();
        AtomicInteger attempts = new AtomicInteger();
        plain.callAsync(() -> quotes.price(attempts)).get();
        System.out.println("Tested with " + Thread.currentThread().getContextClassLoader());
    }

    private static void run(String argument) throws Exception {
        SpringApplicationBuilder application = new SpringApplicationBuilder(ExecutableApplication.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF);
        try (ConfigurableApplicationContext context = application.run(
                "--respite.policies.quotes.max-attempts=3",
                "--respite.policies.quotes.base-delay=1ms",
                "--spring.task.execution.pool.core-size=2",
                argument)) {
            context.getBean(Quotes.class).price(new AtomicInteger()).get();
            for (int thread = 0; thread < 2; thread++) {
                CompletableFuture<Class<?>> loaded = new CompletableFuture<>();
                context.getBean("applicationTaskExecutor", Executor.class).execute(() -> {
                    try {
                        loaded.complete(loadedByThread());
                    } catch (ClassNotFoundException wrong) {
                        loaded.completeExceptionally(wrong);
                    }
                });
                loaded.get();
            }
        }
    }
}
