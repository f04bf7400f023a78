/**
 * Events of retries on OpenTelemetry's spans.
 *
 * @since 0.1
 */
module dev.respite.opentelemetry {
    requires transitive dev.respite;
    requires transitive io.opentelemetry.context;
    requires io.opentelemetry.api;
    requires io.opentelemetry.instrumentation_api;
    requires static org.jspecify;

    exports dev.respite.opentelemetry;
}
