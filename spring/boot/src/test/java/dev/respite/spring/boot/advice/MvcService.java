package dev.respite.spring.boot.advice;

import dev.respite.Retry;
import dev.respite.spring.Respite;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.server.ResponseStatusException;

/** A service with Spring MVC. Its paths name what its handlers do after the service below has failed. */
@RestController
class MvcService {

    /** Shared, without a stack trace: a retry gives up on it anew in each request. */
    private final ConnectException constant = new ConnectException("refused");

    private final Below below;
    private final Retry local;
    private final Remote remote;

    MvcService(Below below, @Qualifier("local") Retry local, Remote remote) {
        this.below = below;
        this.local = local;
        this.remote = remote;
    }

    /** Other libraries that retry, around the group. */
    static class Remote {
        private final Below below;

        Remote(Below below) {
            this.below = below;
        }

        @Retryable(delay = 1)
        String retryable() {
            return below.get();
        }

        String resilience() {
            return io.github.resilience4j.retry.Retry.of(
                            "remote",
                            io.github.resilience4j.retry.RetryConfig.custom()
                                    .waitDuration(java.time.Duration.ofMillis(1))
                                    .build())
                    .executeSupplier(below::get);
        }

        @Respite("local")
        CompletableFuture<String> later() {
            return CompletableFuture.failedFuture(new ConnectException("refused"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableResilientMethods(proxyTargetClass = true)
    static class Application {

        @Bean
        Remote remote(ObjectProvider<Below> below) {
            return new Remote(below.getObject());
        }

        @Bean
        MvcService service(Below below, @Qualifier("local") Retry local, Remote remote) {
            return new MvcService(below, local, remote);
        }

        @Bean
        Failures failures() {
            return new Failures();
        }
    }

    static class OutOfStock extends RuntimeException {
        private static final long serialVersionUID = 1;

        OutOfStock(Throwable cause) {
            super(cause);
        }

        OutOfStock() {}
    }

    @RestControllerAdvice
    static class Failures {
        @ExceptionHandler
        @ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
        String mapped(OutOfStock failure) {
            return "out of stock";
        }
    }

    /** Calls the service below, and handles its failure. */
    private <T> T after(Supplier<T> handled) {
        try {
            String unused = below.get();
        } catch (RuntimeException failed) {
            return handled.get();
        }
        throw new AssertionError("the service below has succeeded");
    }

    private static ResponseEntity<String> status(int status) {
        return ResponseEntity.status(status).body("no quote");
    }

    private String fails() throws ConnectException {
        throw new ConnectException("refused");
    }

    @GetMapping("/uncaught")
    String uncaught() {
        return below.get();
    }

    @GetMapping("/post")
    String post() {
        return below.post();
    }

    @GetMapping("/wrapped")
    String wrapped() {
        return after(() -> {
            throw new IllegalStateException(new CompletionExceptionOf(below));
        });
    }

    /** An exception of the application around one of the client. */
    private static final class CompletionExceptionOf extends RuntimeException {
        private static final long serialVersionUID = 1;

        CompletionExceptionOf(Below below) {
            super(failureOf(below));
        }

        private static RuntimeException failureOf(Below below) {
            try {
                throw new AssertionError(below.get());
            } catch (RuntimeException failure) {
                return failure;
            }
        }
    }

    @GetMapping("/status/{status}")
    ResponseEntity<String> answered(@PathVariable int status) {
        return after(() -> status(status));
    }

    @GetMapping("/empty")
    ResponseEntity<Void> empty() {
        return after(() -> ResponseEntity.status(502).build());
    }

    @GetMapping("/status-exception")
    String statusException() {
        return after(() -> {
            throw new ResponseStatusException(HttpStatus.BAD_GATEWAY);
        });
    }

    @GetMapping("/send-error")
    void sendError(HttpServletResponse response) {
        int unused = after(() -> {
            try {
                response.sendError(503);
                return 503;
            } catch (IOException broken) {
                throw new AssertionError(broken);
            }
        });
    }

    @GetMapping("/mapped")
    String mapped() {
        try {
            return below.get();
        } catch (RuntimeException failed) {
            throw new OutOfStock(failed);
        }
    }

    @GetMapping("/other-mapped")
    String otherMapped() {
        return after(() -> {
            throw new OutOfStock();
        });
    }

    @GetMapping("/other")
    String other() {
        return after(() -> {
            throw new IllegalStateException("a bug");
        });
    }

    @GetMapping("/then-success")
    ResponseEntity<String> thenSuccess() {
        return after(() -> {
            assertValue(local.call(() -> "audited"));
            return status(503);
        });
    }

    @GetMapping("/then-late-success")
    ResponseEntity<String> thenLateSuccess() {
        return after(() -> {
            AtomicInteger attempts = new AtomicInteger();
            try {
                assertValue(local.call(() -> attempts.incrementAndGet() == 1 ? fails() : "audited"));
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
            return status(503);
        });
    }

    private static void assertValue(String value) {
        if (!value.equals("audited")) {
            throw new AssertionError(value);
        }
    }

    @GetMapping("/detached")
    ResponseEntity<String> detached() {
        var unused = CompletableFuture.supplyAsync(below::get)
                .handle((value, error) -> error)
                .join();
        return status(503);
    }

    @GetMapping("/joined")
    String joined() {
        return CompletableFuture.supplyAsync(() -> {
                    try {
                        return local.call(this::fails);
                    } catch (ConnectException failed) {
                        throw new java.util.concurrent.CompletionException(failed);
                    }
                })
                .join();
    }

    @GetMapping("/own/{field}/{value}")
    ResponseEntity<String> own(@PathVariable String field, @PathVariable String value) {
        return after(() -> ResponseEntity.status(503).header(field, value).body("no quote"));
    }

    @GetMapping("/committed")
    void committed(HttpServletResponse response) throws IOException {
        response.setStatus(503);
        response.flushBuffer();
        int unused = after(() -> 0);
    }

    @GetMapping("/constant")
    String constant() throws IOException {
        return local.call(() -> {
            throw constant;
        });
    }

    @GetMapping("/future")
    CompletableFuture<String> future() {
        return remote.later();
    }

    @GetMapping("/future-answered")
    CompletableFuture<ResponseEntity<String>> futureAnswered() {
        return remote.later().handle((value, error) -> status(502));
    }

    @GetMapping("/future-joined")
    ResponseEntity<String> futureJoined() {
        return remote.later().handle((value, error) -> status(502)).join();
    }

    @GetMapping("/deferred")
    DeferredResult<String> deferred() {
        DeferredResult<String> result = new DeferredResult<>();
        CompletableFuture<Void> unused = remote.later().handle((value, error) -> {
            result.setErrorResult(error);
            return null;
        });
        return result;
    }

    @GetMapping("/callable")
    Callable<ResponseEntity<String>> callable() {
        return () -> after(() -> status(502));
    }

    @GetMapping("/retryable")
    String retryable() {
        return remote.retryable();
    }

    @GetMapping("/resilience")
    ResponseEntity<String> resilience() {
        try {
            return ResponseEntity.ok(remote.resilience());
        } catch (RuntimeException failed) {
            return status(502);
        }
    }
}
