package dev.respite.http;

import static java.lang.System.Logger.Level.WARNING;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The recording of one-shot request bodies.
 *
 * @param limit how many bytes of a body are kept
 * @param warned whether a longer body has been reported; once for all clients that share this
 */
record BodyRecording(long limit, AtomicBoolean warned) {

    /** The default limit: 256 KiB. */
    static final int DEFAULT_MAX_BYTES = 256 * 1024;

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    static BodyRecording upTo(long limit) {
        return new BodyRecording(limit, new AtomicBoolean());
    }

    RecordedBody record(String method, URI uri, BodyPublisher body) {
        return new RecordedBody(body, limit, () -> overflowed(method, uri));
    }

    private void overflowed(String method, URI uri) {
        if (warned.compareAndSet(false, true)) {
            LOGGER.log(
                    WARNING,
                    "the body of " + named(method, uri)
                            + " can be read only once and is"
                            + " longer than the " + limit
                            + " bytes that are recorded, so the request is not retried once"
                            + " its body has been sent; send a body of BodyPublishers.ofByteArray or ofFile, wrap one that"
                            + " can be read again in RetryingHttpClient.replayable, or raise"
                            + " withMaxRecordedBody. This is logged once for each client");
        }
    }

    /** The method and the URI without user information, query and fragment. */
    static String named(String method, URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return method + " " + uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
    }
}
