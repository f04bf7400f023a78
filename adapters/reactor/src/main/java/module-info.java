/**
 * Retries for Reactor's Mono and Flux.
 *
 * @since 0.1
 */
module dev.respite.reactor {
    requires transitive dev.respite;
    requires transitive reactor.core;
    requires org.reactivestreams;
    requires static org.jspecify;

    exports dev.respite.reactor;
}
