package dev.respite.spring.http;

import dev.respite.NestedRetries;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.publisher.BaseSubscriber;

/**
 * A response with a connection to release, and the mark of its call, which the exception that the client makes of the response
 * has.
 */
record Received(ClientResponse response, GivenUpMark mark) implements AutoCloseable, NestedRetries.Wrapper {

    @Override
    public Object wrapped() {
        return response;
    }

    @Override
    public void givenUp() {
        mark.set();
    }

    @Override
    public void close() {
        release(response);
    }

    /** Releases a response that will not be read: with its connection, unless its whole body is there already. */
    static void release(ClientResponse response) {
        Unread body = new Unread();
        response.releaseBody().subscribe(body);
        body.cancel();
    }

    /** The subscriber to a body, which may be cancelled before a thread of the client has begun its subscription. */
    private static final class Unread extends BaseSubscriber<Void> {

        @Override
        protected void hookOnError(Throwable broken) {
            // No reader waits for the body, so none needs the error.
        }
    }
}
