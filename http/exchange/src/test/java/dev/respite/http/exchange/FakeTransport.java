package dev.respite.http.exchange;

import dev.respite.Retry;
import dev.respite.budget.RetryBudgets;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A scripted client. A response is its status and its header fields: {@code 503} or {@code 503
 * Retry-After=1}. It has the defaults of an adapter that knows little.
 */
final class FakeTransport implements BlockingTransport<String>, AsyncTransport<String> {

    final Deque<Object> script = new ArrayDeque<>();
    final List<Map<String, String>> headers = new ArrayList<>();
    final List<ExchangeAttempt> attempts = new ArrayList<>();
    final List<String> discarded = new ArrayList<>();
    final Map<String, String> own = new HashMap<>();
    String method = "GET";
    URI uri = URI.create("https://api.example.com/payments");
    boolean replayable = true;
    boolean redirects;
    Runnable duringSend = () -> {};
    Runnable duringPreparation = () -> {};
    BiConsumer<? super String, ? super @Nullable Throwable> done = (response, error) -> {};
    BiConsumer<? super String, ? super @Nullable Throwable> read = (response, error) -> {};
    boolean unread;
    Supplier<@Nullable AsyncTransport<String>> another = () -> null;
    int sent;
    int cancelled;
    int cut;
    int closed;

    static HttpConfig config() {
        Retry retry = Retry.of(RetryPolicy.defaults(), new VirtualTime());
        return HttpConfig.of(
                retry, new PerOrigin<>(1, origin -> new OriginRetry(origin, RetryBudgets.of(retry.policy()), retry)));
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public URI uri() {
        return uri;
    }

    @Override
    public List<String> requestHeader(String name) {
        return own.containsKey(name) ? List.of(own.get(name)) : List.of();
    }

    @Override
    public boolean isReplayable() {
        return replayable;
    }

    @Override
    public boolean followsRedirects() {
        return redirects;
    }

    @Override
    public int status(String response) {
        return Integer.parseInt(response.substring(0, 3));
    }

    @Override
    public List<String> responseHeader(String response, String name) {
        String start = name.toLowerCase(java.util.Locale.ROOT) + "=";
        for (String chunk : response.split(" ", -1)) {
            if (chunk.toLowerCase(java.util.Locale.ROOT).startsWith(start)) {
                return List.of(chunk.substring(start.length()));
            }
        }
        return List.of();
    }

    @Override
    public void discard(String response) {
        discarded.add(response);
    }

    @Override
    public void prepare(ExchangeAttempt attempt) {
        duringPreparation.run();
    }

    @Override
    public String send(ExchangeAttempt attempt) throws IOException {
        record(attempt);
        Object next = script.remove();
        if (next instanceof IOException failure) {
            throw failure;
        }
        return (String) next;
    }

    @Override
    public Runnable sendAsync(
            ExchangeAttempt attempt, BiConsumer<? super String, ? super @Nullable Throwable> whenDone) {
        record(attempt);
        done = whenDone;
        if (!script.isEmpty()) {
            Object next = script.remove();
            whenDone.accept(
                    next instanceof String response ? response : null,
                    next instanceof Throwable failure ? failure : null);
        }
        return () -> cancelled++;
    }

    private void record(ExchangeAttempt attempt) {
        sent++;
        attempts.add(attempt);
        headers.add(attempt.headers());
        duringSend.run();
    }

    @Override
    public Optional<AsyncTransport<String>> another() {
        return Optional.ofNullable(another.get());
    }

    @Override
    public boolean isUnread(String last) {
        return unread;
    }

    @Override
    public String read(String last) {
        return last + " read";
    }

    @Override
    public Runnable readAsync(String last, BiConsumer<? super String, ? super @Nullable Throwable> whenRead) {
        read = whenRead;
        return () -> cut++;
    }

    @Override
    public void close() {
        closed++;
    }
}
