package dev.respite.spring.boot.advice;

import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;

/** The HTTP interface by which a service calls the one below. */
interface Below {

    @GetExchange
    String get();

    @PostExchange
    String post();

    /** The same without waiting. */
    interface Reactive {

        @GetExchange
        Mono<String> get();
    }
}
