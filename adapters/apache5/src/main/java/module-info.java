/**
 * Retries for Apache HttpClient.
 *
 * @since 0.1
 */
@SuppressWarnings("module") // the digit is the version of the client, which its packages have too
module dev.respite.apache5 {
    requires transitive dev.respite.http.exchange;
    requires transitive org.apache.httpcomponents.client5.httpclient5;
    requires transitive org.apache.httpcomponents.core5.httpcore5;
    // The client needs these modules. As an automatic module it cannot require them itself.
    requires java.naming;
    requires jdk.net;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.respite.apache5;
}
