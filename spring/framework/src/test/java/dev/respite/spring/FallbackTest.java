package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Fallbacks of failed calls, and the failures that have none. */
class FallbackTest {

    private AnnotationConfigApplicationContext context;
    private Quotes quotes;

    static class Quotes {
        final CompletableFuture<String> pending = new CompletableFuture<>();

        private static String down() {
            throw new UncheckedIOException(new ConnectException("refused"));
        }

        @Respite(value = "quotes", fallback = "cached")
        public String price(String symbol) {
            return down();
        }

        private String cached(String symbol) {
            return symbol + " from the cache";
        }

        @Respite(value = "quotes", fallback = "explained")
        public String explain(String symbol) {
            return down();
        }

        String explained(String symbol, Throwable failure) {
            return symbol + " " + failure.getCause().getMessage();
        }

        @Respite(value = "quotes", fallback = "whenRefused")
        public Object narrow(Supplier<RuntimeException> failure) {
            throw failure.get();
        }

        String whenRefused(Supplier<RuntimeException> failure, UncheckedIOException refused) {
            return "narrow";
        }

        @Respite(value = "quotes", fallback = "replaced")
        public String run(Work work) throws Exception {
            work.run();
            return "done";
        }

        String replaced(Work work) {
            return "replaced";
        }

        @Respite(value = "quotes", fallback = "withoutACache")
        public void failing() {
            down();
        }

        void withoutACache() {
            throw new IllegalStateException("no cache");
        }

        @Respite(value = "quotes", fallback = "cachedLater")
        public CompletableFuture<String> later(CompletableFuture<String> source) {
            return source;
        }

        CompletableFuture<String> cachedLater(CompletableFuture<String> source) {
            return pending;
        }

        @Respite(value = "quotes", fallback = "cachedMono")
        public Mono<String> mono(String symbol) {
            return Mono.fromCallable(Quotes::down);
        }

        Mono<String> cachedMono(String symbol, Throwable failure) {
            return Mono.just(symbol);
        }

        @Respite(value = "quotes", fallback = "cachedFlux")
        public Flux<Integer> flux() {
            return Flux.just(1).concatWith(Flux.error(new ConnectException("refused")));
        }

        Flux<Integer> cachedFlux() {
            return Flux.just(9);
        }
    }

    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    @BeforeEach
    void start() {
        context = TestContext.ofClasses(Quotes.class);
        quotes = context.getBean(Quotes.class);
    }

    @AfterEach
    void stop() {
        context.close();
        Thread.interrupted();
    }

    private Quotes target() {
        return (Quotes) AopProxyUtils.getSingletonTarget(quotes);
    }

    @Test
    void call_thatFails_isReplaced() {
        assertThat(quotes.price("ACME")).isEqualTo("ACME from the cache");
        assertThat(context.getBean(Retries.class).get("quotes").counts().attempts())
                .isEqualTo(3);
    }

    @Test
    void fallback_withAThrowable_receivesTheLastFailure() {
        assertThat(quotes.explain("ACME")).isEqualTo("ACME refused");
    }

    @Test
    void fallback_forANarrowType_leavesOtherFailures() {
        assertThat(quotes.narrow(() -> new UncheckedIOException(new IOException("x"))))
                .isEqualTo("narrow");
        RuntimeException other = new IllegalArgumentException("other");
        assertThatThrownBy(() -> quotes.narrow(() -> other)).isSameAs(other);
    }

    @Test
    void failureThatIsAnError_passes() {
        Error error = new StackOverflowError();
        assertThatThrownBy(() -> quotes.run(() -> {
                    throw error;
                }))
                .isSameAs(error);
        RuntimeException wrapped = new CompletionException(error);
        assertThatThrownBy(() -> quotes.run(() -> {
                    throw wrapped;
                }))
                .isSameAs(wrapped);
    }

    @Test
    void failureThatIsACancellation_passes() {
        assertThatThrownBy(() -> quotes.run(() -> {
                    throw new CancellationException();
                }))
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void failureThatIsAnInterruption_passesWithTheFlag() {
        assertThatThrownBy(() -> quotes.run(() -> {
                    throw new InterruptedException();
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void callThatIsInterruptedInItsDelay_passesWithTheFlag() {
        assertThatThrownBy(() -> quotes.run(() -> {
                    Thread.currentThread().interrupt();
                    throw new ConnectException("refused");
                }))
                .isInstanceOf(ConnectException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void call_thatSucceeds_isNotReplaced() throws Exception {
        assertThat(quotes.run(() -> {})).isEqualTo("done");
    }

    @Test
    void fallback_thatFails_endsTheCallWithItsFailure() {
        assertThatThrownBy(() -> quotes.failing())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no cache");
    }

    @Test
    void stage_thatFails_isReplaced() throws Exception {
        CompletableFuture<String> call = quotes.later(CompletableFuture.failedFuture(new ConnectException("refused")));
        target().pending.complete("cached");
        assertThat(call.get(5, TimeUnit.SECONDS)).isEqualTo("cached");
    }

    @Test
    void stage_ofAFallback_completesTheCallAsItCompletes() {
        CompletableFuture<String> failed = CompletableFuture.failedFuture(new IllegalArgumentException("not retried"));
        CompletableFuture<String> call = quotes.later(failed);
        target().pending.complete("cached");
        assertThat(call).isCompletedWithValue("cached");

        IllegalStateException noCache = new IllegalStateException("no cache");
        target().pending.obtrudeException(noCache);
        assertThat(quotes.later(failed))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCause(noCache);
    }

    @Test
    void stage_thatIsInterrupted_passes() {
        InterruptedException interruption = new InterruptedException();
        assertThat(quotes.later(CompletableFuture.failedFuture(interruption)))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCause(interruption);
    }

    @Test
    void stage_thatIsCancelled_cancelsTheAttemptAndHasNoFallback() {
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<String> call = quotes.later(source);
        assertThat(call.cancel(true)).isTrue();
        assertThat(source).isCancelled();
        assertThat(call).isCancelled();
    }

    @Test
    void stage_thatIsCancelledDuringItsFallback_cancelsThat() {
        CompletableFuture<String> call =
                quotes.later(CompletableFuture.failedFuture(new IllegalArgumentException("not retried")));
        assertThat(call).isNotDone();
        call.cancel(true);
        assertThat(target().pending).isCancelled();
    }

    @Test
    void publishers_thatFail_areReplaced() {
        assertThat(quotes.mono("ACME").block()).isEqualTo("ACME");
        assertThat(quotes.flux().collectList().block()).containsExactly(1, 1, 1, 9);
    }

    interface Client {
        @Respite(value = "quotes", fallback = "cached")
        String price(String symbol);

        default String cached(String symbol) {
            return symbol + " from the interface";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ClientWithoutATarget {
        @Bean
        Client client() {
            return ProxyFactory.getProxy(Client.class, (org.aopalliance.intercept.MethodInterceptor) invocation -> {
                if (invocation.getMethod().isDefault()) {
                    return java.lang.reflect.InvocationHandler.invokeDefault(
                            ((org.springframework.aop.ProxyMethodInvocation) invocation).getProxy(),
                            invocation.getMethod(),
                            invocation.getArguments());
                }
                throw new UncheckedIOException(new ConnectException("refused"));
            });
        }
    }

    @Test
    void interface_withoutATarget_isRetriedAndHasADefaultMethodAsFallback() {
        try (var clients = TestContext.ofClasses(ClientWithoutATarget.class)) {
            assertThat(clients.getBean(Client.class).price("ACME")).isEqualTo("ACME from the interface");
            assertThat(clients.getBean(Retries.class).get("quotes").counts().attempts())
                    .isEqualTo(3);
        }
    }
}
