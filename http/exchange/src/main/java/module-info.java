/**
 * Retries for HTTP without a client: the rules of the protocol, and the drivers that adapters of clients use.
 *
 * @since 0.1
 */
module dev.respite.http.exchange {
    requires transitive dev.respite;
    requires static org.jspecify;

    exports dev.respite.http.exchange;
}
