/** Retries of annotated methods, transactions and HTTP clients in Spring. */
module dev.respite.spring {
    requires transitive dev.respite;
    requires transitive spring.context;
    requires transitive spring.core;
    requires spring.aop;
    requires spring.beans;
    requires static dev.respite.reactor;
    requires static spring.tx;
    requires static org.jspecify;

    exports dev.respite.spring;
}
