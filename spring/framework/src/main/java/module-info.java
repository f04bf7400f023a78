/**
 * Retries of annotated methods, transactions and HTTP clients in Spring.
 *
 * @since 0.1
 */
module dev.respite.spring {
    requires transitive dev.respite;
    requires transitive dev.respite.http.exchange;
    requires transitive spring.context;
    requires transitive spring.core;
    requires spring.aop;
    requires spring.beans;
    // Spring logs by it, and an automatic module does not bring it along.
    requires org.apache.commons.logging;
    requires static dev.respite.reactor;
    requires static org.reactivestreams;
    requires static reactor.core;
    requires static spring.web;
    requires static spring.webflux;
    requires static spring.tx;
    requires static org.jspecify;

    exports dev.respite.spring;
    exports dev.respite.spring.http;

    provides dev.respite.failure.FailureFacts with
            dev.respite.spring.http.SpringHttpFacts;

    // Spring creates the post-processor.
    opens dev.respite.spring to
            spring.beans,
            spring.core;
}
