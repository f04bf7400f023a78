package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import reactor.core.publisher.Mono;

/** Fallbacks of one name, each for another type of failure, as Resilience4j has them. */
class OverloadedFallbackTest {

    static class Quotes {
        @Respite(value = "quotes", fallback = "cached")
        public String price(Throwable failure) throws Throwable {
            throw failure;
        }

        String cached(Throwable input, IOException failure) {
            return "io";
        }

        String cached(Throwable input, ConnectException failure) {
            return "connect";
        }

        String cached(Throwable input, RuntimeException failure) {
            return "runtime";
        }

        String cached(Throwable input, IllegalStateException failure) {
            return "state";
        }

        @Respite(value = "quotes", fallback = "later")
        public CompletableFuture<String> stage(Throwable failure) {
            return CompletableFuture.failedFuture(failure);
        }

        CompletableFuture<String> later(Throwable input) {
            return CompletableFuture.completedFuture("any");
        }

        CompletableFuture<String> later(Throwable input, ConnectException failure) {
            return CompletableFuture.completedFuture("connect");
        }

        @Respite(value = "quotes", fallback = "published")
        public Mono<String> mono(Throwable failure) {
            return Mono.error(failure);
        }

        Mono<String> published(Throwable input, IOException failure) {
            return Mono.just("io");
        }

        Mono<String> published(Throwable input, ConnectException failure) {
            return Mono.just("connect");
        }
    }

    @Test
    void fallback_ofSeveral_isTheOneForTheNearestType() throws Throwable {
        try (AnnotationConfigApplicationContext context = TestContext.ofClasses(Quotes.class)) {
            Quotes quotes = context.getBean(Quotes.class);
            assertThat(quotes.price(new ConnectException())).isEqualTo("connect");
            assertThat(quotes.price(new FileNotFoundException())).isEqualTo("io");
            assertThat(quotes.price(new IllegalStateException())).isEqualTo("state");
            assertThat(quotes.price(new IllegalArgumentException())).isEqualTo("runtime");
            Exception other = new ReflectiveOperationException();
            assertThatThrownBy(() -> quotes.price(other)).isSameAs(other);
            assertThat(quotes.stage(new ConnectException()).join()).isEqualTo("connect");
            assertThat(quotes.stage(new IllegalStateException()).join()).isEqualTo("any");
            assertThat(quotes.mono(new ConnectException()).block()).isEqualTo("connect");
            assertThat(quotes.mono(new IOException()).block()).isEqualTo("io");
        }
    }
}
