package dev.respite.http;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Flow.Subscriber;

/** Request bodies: which can be sent again, and whether one has been read yet. */
final class Bodies {

    private Bodies() {}

    /** Whether the body can be sent as often as one likes: its length is known, or its maker says so. */
    static boolean isReplayable(Optional<BodyPublisher> body) {
        return body.isEmpty() || body.get() instanceof Replayable || body.get().contentLength() >= 0;
    }

    /** A body that, by its maker's word, gives the same bytes to each subscriber. */
    record Replayable(BodyPublisher body) implements BodyPublisher {
        @Override
        public long contentLength() {
            return body.contentLength();
        }

        @Override
        public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
            body.subscribe(subscriber);
        }
    }

    /** A body that can be read once; it remembers whether it has been. */
    static final class OneShot implements BodyPublisher {
        private final BodyPublisher body;
        private volatile boolean consumed;

        OneShot(BodyPublisher body) {
            this.body = body;
        }

        boolean isConsumed() {
            return consumed;
        }

        @Override
        public long contentLength() {
            return body.contentLength();
        }

        @Override
        public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
            consumed = true;
            body.subscribe(subscriber);
        }
    }
}
