/**
 * The core of Respite: policies, budgets and the engine. It depends on nothing but the JDK.
 *
 * @since 0.1
 */
@SuppressWarnings("module") // the modules that packages are exported to are compiled later
module dev.respite {
    requires static jdk.jfr;
    requires static org.jspecify;

    uses dev.respite.failure.FailureFacts;

    exports dev.respite;
    exports dev.respite.budget;
    exports dev.respite.call;
    exports dev.respite.failure;
    exports dev.respite.hedge;
    exports dev.respite.outcome;
    exports dev.respite.policy;
    exports dev.respite.time;

    // For our modules only.
    exports dev.respite.driver to
            dev.respite.durable,
            dev.respite.grpc,
            dev.respite.http.exchange,
            dev.respite.kotlin,
            dev.respite.reactor,
            dev.respite.sim,
            dev.respite.spring,
            dev.respite.spring.boot;
    exports dev.respite.cause to
            dev.respite.durable,
            dev.respite.http,
            dev.respite.idempotency,
            dev.respite.idempotency.servlet,
            dev.respite.opentelemetry,
            dev.respite.spring;
    exports dev.respite.logging to
            dev.respite.cli,
            dev.respite.durable,
            dev.respite.http.exchange,
            dev.respite.idempotency,
            dev.respite.idempotency.jdbc,
            dev.respite.idempotency.redis,
            dev.respite.spring.boot;
    exports dev.respite.text to
            dev.respite.cli,
            dev.respite.durable,
            dev.respite.idempotency,
            dev.respite.kotlin,
            dev.respite.sim,
            dev.respite.spring,
            dev.respite.spring.boot;
}
