package dev.respite.reactor;

import dev.respite.Retry;
import dev.respite.outcome.Attempt;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The two operators, for tests of what both do. */
enum Driver {
    MONO {
        @Override
        <T> Publisher<T> publisher(Retry retry, Function<Attempt, Mono<T>> source) {
            return ReactorRetry.of(retry).mono(source);
        }
    },
    FLUX {
        @Override
        <T> Publisher<T> publisher(Retry retry, Function<Attempt, Mono<T>> source) {
            return ReactorRetry.of(retry).flux(attempt -> Flux.from(source.apply(attempt)));
        }
    };

    abstract <T> Publisher<T> publisher(Retry retry, Function<Attempt, Mono<T>> source);
}
