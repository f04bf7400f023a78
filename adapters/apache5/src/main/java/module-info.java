/** Retries for Apache HttpClient. */
@SuppressWarnings("module") // the digit is the version of the client, which its packages have too
module dev.respite.apache5 {
    requires transitive dev.respite.http.exchange;
    requires transitive org.apache.httpcomponents.client5.httpclient5;
    requires transitive org.apache.httpcomponents.core5.httpcore5;
    requires static org.jspecify;

    exports dev.respite.apache5;
}
