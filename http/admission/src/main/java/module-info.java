/**
 * Admission of requests: refuses retries before first attempts while a server is congested.
 *
 * @since 0.1
 */
module dev.respite.admission {
    requires static jakarta.servlet;
    requires static org.jspecify;

    exports dev.respite.admission;
}
