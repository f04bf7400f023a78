package dev.respite.http;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow.Subscriber;

/** Finds out whether request bodies can be sent again as they are. */
final class RequestBodies {

    /** The JDK's publishers that begin anew for each subscriber. */
    private static final Set<Class<?>> REPEATABLE = Set.of(
            BodyPublishers.noBody().getClass(),
            BodyPublishers.ofByteArray(new byte[0]).getClass(),
            BodyPublishers.ofString("").getClass());

    /** Likewise, but one can be made of an existing file only; so it is known by its module and its name. */
    private static final String OF_FILE = "FilePublisher";

    private RequestBodies() {}

    /**
     * Returns whether each subscriber gets the same bytes: the JDK's publishers of bytes and files, or what the caller has
     * marked.
     */
    static boolean isRepeatable(Optional<BodyPublisher> body) {
        return body.isEmpty() || isRepeatable(body.get());
    }

    private static boolean isRepeatable(BodyPublisher body) {
        return body instanceof Marked || REPEATABLE.contains(body.getClass()) || isOfFile(body);
    }

    static boolean isOfFile(BodyPublisher body) {
        Class<?> type = body.getClass();
        return type.getModule() == BodyPublisher.class.getModule()
                && type.getSimpleName().equals(OF_FILE);
    }

    /** A body that the caller has marked as repeatable. */
    record Marked(BodyPublisher body) implements BodyPublisher {
        @Override
        public long contentLength() {
            return body.contentLength();
        }

        @Override
        public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
            body.subscribe(subscriber);
        }
    }
}
