package dev.respite.http;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * A request body of the JDK's publisher of files. The publisher reads the length of the file once, and the content again for each
 * attempt. If the file has another length then, the attempt fails with a message about the change, and no attempt follows.
 */
final class FileBody implements BodyPublisher {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final BodyPublisher file;
    private final HttpRequest request;
    private volatile boolean changed;

    /** The body of a request, which is read in each attempt. */
    FileBody(BodyPublisher file, HttpRequest request) {
        this.file = file;
        this.request = request;
    }

    /** Returns whether an attempt has found another length than the request declares. */
    boolean hasChanged() {
        return changed;
    }

    @Override
    public long contentLength() {
        return file.contentLength();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        file.subscribe(new Counter(subscriber));
    }

    /** Counts the bytes of one attempt. */
    private final class Counter implements Subscriber<ByteBuffer> {

        private final Subscriber<? super ByteBuffer> subscriber;
        private @Nullable Subscription source;
        private long left = contentLength();

        Counter(Subscriber<? super ByteBuffer> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            source = subscription;
            subscriber.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer bytes) {
            left -= bytes.remaining();
            if (left >= 0) {
                subscriber.onNext(bytes);
            } else if (left + bytes.remaining() >= 0) {
                Objects.requireNonNull(source, "subscribed").cancel();
                fail("longer than");
            }
        }

        @Override
        public void onError(Throwable error) {
            subscriber.onError(error);
        }

        @Override
        public void onComplete() {
            if (left > 0) {
                fail("shorter than");
            } else if (left == 0) {
                subscriber.onComplete();
            }
        }

        private void fail(String compared) {
            changed = true;
            String text = "the file of the body of " + BodyRecording.named(request.method(), request.uri()) + " is "
                    + compared + " the " + contentLength()
                    + " bytes that it had when the body was made, so the request is"
                    + " not sent again; a file must not change until its call has ended";
            LOGGER.log(WARNING, text);
            subscriber.onError(new IOException(text));
        }
    }
}
