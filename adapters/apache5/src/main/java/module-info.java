/** Retries for Apache HttpClient. */
module dev.respite.apache5 {
    requires transitive dev.respite.http.exchange;
    requires transitive org.apache.httpcomponents.client5.httpclient5;
    requires transitive org.apache.httpcomponents.core5.httpcore5;
    requires static org.jspecify;

    exports dev.respite.apache5;
}
