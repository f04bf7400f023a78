/** Retries for HTTP without a client: the rules of the protocol, and the drivers that adapters of clients use. */
module dev.respite.http.exchange {
    requires transitive dev.respite;
    requires static org.jspecify;

    exports dev.respite.http.exchange;
}
