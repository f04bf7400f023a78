package dev.respite.http;

import dev.respite.testsupport.RealTime;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The two ways to send a request, which must come to the same. */
enum Sender {
    /** By {@code send}. */
    WAITING,
    /** By {@code sendAsync}. */
    LATER;

    /** A client that sends in this way. */
    Sending by(HttpClient client) {
        return new Sending(this, client);
    }

    record Sending(Sender sender, HttpClient client) {

        <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) throws IOException, InterruptedException {
            return sender == WAITING ? client.send(request, handler) : sendLater(request, handler);
        }

        private <T> HttpResponse<T> sendLater(HttpRequest request, BodyHandler<T> handler)
                throws IOException, InterruptedException {
            CompletableFuture<HttpResponse<T>> response = client.sendAsync(request, handler);
            try {
                return response.get(RealTime.patience().toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof IOException io) {
                    throw io;
                }
                if (failed.getCause() instanceof RuntimeException unchecked) {
                    throw unchecked;
                }
                throw new AssertionError("no client throws this", failed.getCause());
            } catch (TimeoutException pending) {
                throw new AssertionError("the future has not completed", pending);
            } finally {
                response.cancel(false); // a caller that was interrupted has left the call in its delay
            }
        }
    }
}
