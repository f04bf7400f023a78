/**
 * Retries for HTTP: a drop-in client.
 *
 * @since 0.1
 */
module dev.respite.http {
    requires transitive dev.respite;
    requires transitive dev.respite.http.exchange;
    requires transitive java.net.http;
    requires static org.jspecify;

    exports dev.respite.http;
}
