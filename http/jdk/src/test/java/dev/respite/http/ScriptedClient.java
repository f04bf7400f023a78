package dev.respite.http;

import dev.respite.testsupport.RealTime;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A client without sockets: a script makes each signal of its exchanges, at once or in virtual time. */
final class ScriptedClient extends PassingOn {

    /** The exchanges that have begun, in their order. */
    final List<Exchange<?>> exchanges = new ArrayList<>();

    Redirect redirect = Redirect.NEVER;
    private final VirtualTime time;
    private final Deque<Consumer<Exchange<?>>> script = new ArrayDeque<>();

    ScriptedClient(VirtualTime time) {
        super(new VirtualServer(time));
        this.time = time;
    }

    /** The next exchange runs this when it begins. */
    ScriptedClient then(Consumer<Exchange<?>> act) {
        script.add(act);
        return this;
    }

    /** Sends a request by one of the two ways. Returns its call after all of its virtual time. */
    <T> CompletableFuture<HttpResponse<T>> send(
            Sender sender, RetryingHttpClient client, HttpRequest request, BodyHandler<T> handler)
            throws InterruptedException {
        if (sender == Sender.LATER) {
            CompletableFuture<HttpResponse<T>> call = client.sendAsync(request, handler);
            time.runAll();
            return call;
        }
        FutureTask<HttpResponse<T>> call = new FutureTask<>(() -> client.send(request, handler));
        Thread caller = new Thread(call, "caller");
        caller.setDaemon(true);
        caller.start();
        try {
            return CompletableFuture.completedFuture(
                    call.get(RealTime.patience().toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException failed) {
            return CompletableFuture.failedFuture(failed.getCause());
        } catch (TimeoutException pending) {
            throw new AssertionError("the call has not ended", pending);
        } finally {
            call.cancel(true);
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        Exchange<T> exchange = new Exchange<>(request, handler);
        exchanges.add(exchange);
        script.removeFirst().accept(exchange);
        return exchange.response;
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<T>> response = sendAsync(request, handler);
        while (!response.isDone()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (time.nanoTime() > Duration.ofHours(1).toNanos()) {
                throw new AssertionError("the exchange does not end");
            }
            time.advance(Duration.ofMillis(10));
        }
        try {
            return response.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof IOException broken) {
                throw broken;
            }
            throw failed.getCause() instanceof RuntimeException bug ? bug : failed;
        }
    }

    @Override
    public Redirect followRedirects() {
        return redirect;
    }

    /** One request and its response, and the subscription to the body of that. */
    static final class Exchange<T> implements Subscription {
        final HttpRequest request;
        final StringBuilder uploaded = new StringBuilder();
        Subscription upload;
        BodySubscriber<T> reader;
        long requested;
        boolean cancelled;
        boolean ended;
        Runnable onRequest = () -> {};

        /** The failure of the exchange if the handler throws; by default, a cancelled stream as over HTTP/2. */
        IOException handlerFailure = new IOException("stream cancelled");

        private final BodyHandler<T> handler;
        private final CompletableFuture<HttpResponse<T>> response = new CompletableFuture<>();

        Exchange(HttpRequest request, BodyHandler<T> handler) {
            this.request = request;
            this.handler = handler;
        }

        /** Requests a number of items of the request's body. */
        Exchange<T> upload(long items) {
            request.bodyPublisher().orElseThrow().subscribe(new Subscriber<>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    upload = subscription;
                    subscription.request(items);
                }

                @Override
                public void onNext(ByteBuffer bytes) {
                    uploaded.append(StandardCharsets.US_ASCII.decode(bytes));
                }

                @Override
                public void onError(Throwable error) {
                    uploaded.append('!');
                    fail(error);
                }

                @Override
                public void onComplete() {
                    uploaded.append('.');
                }
            });
            return this;
        }

        /** The head of the response arrives, and its body begins. */
        Exchange<T> respond(int status, String... fields) {
            head(status, fields);
            if (reader != null) {
                reader.onSubscribe(this);
            }
            return this;
        }

        /** The head of the response arrives. */
        void head(int status, String... fields) {
            Map<String, List<String>> headers = new TreeMap<>();
            for (int i = 0; i < fields.length; i += 2) {
                headers.put(fields[i], List.of(fields[i + 1]));
            }
            HttpHeaders head = HttpHeaders.of(headers, (name, value) -> true);
            try {
                reader = handler.apply(new VirtualServer.Info(status, head));
            } catch (Throwable bug) {
                fail(handlerFailure);
                return;
            }
            reader.getBody().whenComplete((body, error) -> {
                if (error == null) {
                    response.complete(new VirtualServer.Response<>(status, head, request, body));
                } else {
                    response.completeExceptionally(error);
                }
            });
        }

        void bytes(String text) {
            reader.onNext(List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))));
        }

        /** The rest of the body arrives. */
        void body(String rest) {
            bytes(rest);
            ended = true;
            reader.onComplete();
        }

        void breakOff(Throwable failure) {
            ended = true;
            reader.onError(failure);
        }

        /** The exchange fails without a response. */
        void fail(Throwable failure) {
            response.completeExceptionally(failure);
        }

        /** Returns whether the call has cancelled the exchange. */
        boolean isAborted() {
            return response.isCancelled();
        }

        /** Returns whether the connection is free or closed. */
        boolean isReleased() {
            return ended || cancelled;
        }

        @Override
        public void request(long n) {
            requested += n;
            onRequest.run();
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
