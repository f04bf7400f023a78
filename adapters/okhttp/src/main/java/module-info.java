/**
 * Retries for OkHttp.
 *
 * @since 0.1
 */
module dev.respite.okhttp {
    requires transitive dev.respite.http.exchange;
    requires transitive okhttp3;
    requires okio;
    requires kotlin.stdlib;
    requires static org.jspecify;

    exports dev.respite.okhttp;
}
