/** Retries for HTTP: the rules of the protocol, and a drop-in client. */
module dev.respite.http {
    requires transitive dev.respite;
    requires transitive java.net.http;
    requires static org.jspecify;

    exports dev.respite.http;
}
