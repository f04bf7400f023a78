package dev.respite.spring.http;

import dev.respite.cause.CauseChain;
import dev.respite.http.exchange.HttpRetry;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.publisher.MonoSink;

/** One call, made for one subscriber; cancelled when that cancels. */
final class FilterCall {

    private final FilteredExchange exchange;
    private final MonoSink<ClientResponse> sink;
    private volatile boolean cancelled;

    private FilterCall(FilteredExchange exchange, MonoSink<ClientResponse> sink) {
        this.exchange = exchange;
        this.sink = sink;
    }

    static void start(HttpRetry retry, FilteredExchange exchange, MonoSink<ClientResponse> sink) {
        FilterCall call = new FilterCall(exchange, sink);
        CompletableFuture<Received> result = new CompletableFuture<>();
        sink.onCancel(() -> {
            call.cancelled = true;
            result.cancel(true);
        });
        CompletableFuture<?> unused = result.whenComplete(call::ended);
        if (!call.cancelled) {
            retry.sendAsync(exchange, result);
        }
    }

    private void ended(@Nullable Received last, @Nullable Throwable error) {
        if (last == null) {
            if (!cancelled && error != null) {
                sink.error(exchange.asThrown(CauseChain.unwrap(error)));
            }
        } else if (cancelled) {
            last.close();
        } else {
            sink.success(last.response());
        }
    }
}
