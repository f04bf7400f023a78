package dev.respite.spring.boot.advice;

import dev.respite.Retry;
import java.net.ConnectException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A service with WebFlux. Its paths name what its handlers do after the service below has failed. */
@RestController
class FluxService {

    private final Below.Reactive below;
    private final Retry local;

    FluxService(Below.Reactive below, @Qualifier("local") Retry local) {
        this.below = below;
        this.local = local;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportHttpServices(group = "below", types = Below.Reactive.class, clientType = ClientType.WEB_CLIENT)
    static class Application {

        @Bean
        FluxService service(Below.Reactive below, @Qualifier("local") Retry local) {
            return new FluxService(below, local);
        }
    }

    private static ResponseEntity<String> status(int status) {
        return ResponseEntity.status(status).body("no quote");
    }

    @GetMapping("/uncaught")
    Mono<String> uncaught() {
        return below.get();
    }

    @GetMapping("/answered")
    Mono<ResponseEntity<String>> answered() {
        return below.get().map(ResponseEntity::ok).onErrorResume(failed -> Mono.just(status(502)));
    }

    @GetMapping("/elsewhere")
    Mono<ResponseEntity<String>> elsewhere() {
        return Mono.defer(this::answered).subscribeOn(Schedulers.boundedElastic());
    }

    @GetMapping("/blocking")
    Mono<String> blocking() {
        return Mono.fromCallable(() -> local.<String, ConnectException>call(() -> {
                    throw new ConnectException("refused");
                }))
                .subscribeOn(Schedulers.boundedElastic());
    }

    @GetMapping("/handled")
    Mono<ResponseEntity<String>> handled() {
        return below.get().map(ResponseEntity::ok).onErrorResume(failed -> Mono.just(status(200)));
    }

    @GetMapping("/other")
    Mono<String> other() {
        return below.get().onErrorMap(failed -> new IllegalStateException("a bug"));
    }

    @GetMapping("/own")
    Mono<ResponseEntity<String>> own() {
        return below.get()
                .map(ResponseEntity::ok)
                .onErrorResume(failed -> Mono.just(
                        ResponseEntity.status(503).header("Retry-After", "7").body("no quote")));
    }
}
