/** Retries for Reactor's Mono and Flux. */
module dev.respite.reactor {
    requires transitive dev.respite;
    requires transitive reactor.core;
    requires org.reactivestreams;
    requires static org.jspecify;

    exports dev.respite.reactor;
}
