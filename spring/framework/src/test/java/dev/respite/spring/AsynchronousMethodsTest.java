package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Methods that return before they are done. */
class AsynchronousMethodsTest {

    private AnnotationConfigApplicationContext context;
    private Quotes quotes;

    static class Quotes {
        int calls;
        final CompletableFuture<String> pending = new CompletableFuture<>();
        final CountDownLatch done = new CountDownLatch(1);

        private boolean fails() {
            return ++calls < 3;
        }

        @Respite("quotes")
        public CompletableFuture<String> future() {
            return fails()
                    ? CompletableFuture.failedFuture(new ConnectException("refused"))
                    : CompletableFuture.completedFuture("ACME");
        }

        @Respite("quotes")
        public CompletionStage<String> stage() {
            if (fails()) {
                throw new java.io.UncheckedIOException(new ConnectException("refused"));
            }
            return CompletableFuture.completedFuture("ACME");
        }

        @Respite("quotes")
        public CompletableFuture<String> pending() {
            calls++;
            return pending;
        }

        @Respite("quotes")
        public Mono<String> mono() {
            return fails() ? Mono.error(new ConnectException("refused")) : Mono.just("ACME");
        }

        @Respite("quotes")
        public Flux<Integer> flux() {
            return fails() ? Flux.just(1).concatWith(Flux.error(new ConnectException("refused"))) : Flux.just(1, 2);
        }

        @Respite("quotes")
        public Flow.Publisher<String> flow() {
            return JdkFlowAdapter.publisherToFlowPublisher(mono());
        }

        @Respite("quotes")
        public Mono<String> empty() {
            return null;
        }

        @Async
        @Respite("quotes")
        public void inBackground() throws IOException {
            if (fails()) {
                throw new ConnectException("refused");
            }
            done.countDown();
        }
    }

    @EnableAsync
    static class WithAsync {}

    @BeforeEach
    void start() {
        context = TestContext.ofClasses(WithAsync.class, Quotes.class);
        quotes = context.getBean(Quotes.class);
    }

    @AfterEach
    void stop() {
        context.close();
    }

    private Quotes target() throws Exception {
        return (Quotes) ((org.springframework.aop.framework.Advised) quotes)
                .getTargetSource()
                .getTarget();
    }

    @Test
    void future_thatFailsTwice_isTheThirdAttempts() throws Exception {
        assertThat(quotes.future().get(5, TimeUnit.SECONDS)).isEqualTo("ACME");
        assertThat(target().calls).isEqualTo(3);
    }

    @Test
    void stage_thatIsNotEvenReturned_isRetried() throws Exception {
        assertThat(quotes.stage().toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isEqualTo("ACME");
        assertThat(target().calls).isEqualTo(3);
    }

    @Test
    void future_thatIsCancelled_cancelsTheAttempt() throws Exception {
        CompletableFuture<String> call = quotes.pending();
        assertThat(call.cancel(true)).isTrue();
        assertThat(target().pending).isCancelled();
        assertThat(target().calls).isEqualTo(1);
    }

    @Test
    void mono_callsTheMethodOnceForEachAttempt() throws Exception {
        Mono<String> mono = quotes.mono();
        assertThat(target().calls).isZero();
        assertThat(mono.block()).isEqualTo("ACME");
        assertThat(target().calls).isEqualTo(3);
    }

    @Test
    void flux_isRetriedFromItsBeginning() throws Exception {
        List<Integer> elements = quotes.flux().collectList().block();
        assertThat(elements).containsExactly(1, 1, 1, 2);
        assertThat(target().calls).isEqualTo(3);
    }

    @Test
    void publisher_ofTheJdk_isRetried() throws Exception {
        assertThat(JdkFlowAdapter.flowPublisherToFlux(quotes.flow()).blockFirst())
                .isEqualTo("ACME");
    }

    @Test
    void publisher_thatIsNull_failsWithTheRule() {
        assertThatThrownBy(() -> quotes.empty().block())
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("returned null instead of a publisher");
    }

    @Test
    void asyncMethod_isRetriedInItsThread() throws Exception {
        quotes.inBackground();
        assertThat(target().done.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(target().calls).isEqualTo(3);
    }
}
