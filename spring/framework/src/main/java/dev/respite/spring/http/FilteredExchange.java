package dev.respite.spring.http;

import dev.respite.http.exchange.AsyncTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** A request that a filter sends, as often as it has to, with the context of its subscriber. */
final class FilteredExchange implements AsyncTransport<Received> {

    private final ClientRequest request;
    private final ExchangeFunction next;
    private final RequestBody body;
    private final RedirectKnowledge redirects;
    private final Context context;
    private final TimeSource time;

    private final GivenUpMark mark = new GivenUpMark();
    private volatile @Nullable DrainedBody detached;

    /** Ends the exchange of the last attempt. */
    private volatile ExchangeAbort abort;

    /** The last exception around a failure, which callers of {@code WebClient} expect. */
    private volatile @Nullable WebClientRequestException wrapper;

    FilteredExchange(
            ClientRequest request,
            ExchangeFunction next,
            RequestBody body,
            RedirectKnowledge redirects,
            ContextView context,
            TimeSource time) {
        this.request = request;
        this.next = next;
        this.body = body;
        this.redirects = redirects;
        this.context = Context.of(context);
        this.time = time;
        this.abort = new ExchangeAbort(time, Optional.empty());
    }

    @Override
    public String method() {
        return request.method().name();
    }

    @Override
    public URI uri() {
        return request.url();
    }

    @Override
    public List<String> requestHeader(String name) {
        return request.headers().getOrDefault(name, List.of());
    }

    @Override
    public boolean isReplayable() {
        return body.isReplayable();
    }

    @Override
    public boolean followsRedirects() {
        return redirects.mayFollow();
    }

    @Override
    public Runnable sendAsync(ExchangeAttempt attempt, BiConsumer<? super Received, ? super @Nullable Throwable> done) {
        if (attempt.hasMintedKey() && redirects.mayFollow()) {
            redirects.warnOfKeys("RespiteFilter");
        }
        detached = null;
        ExchangeAbort current = new ExchangeAbort(time, Optional.empty());
        abort = current;
        ResponseSubscriber response = new ResponseSubscriber(context, (received, error) -> {
            if (error instanceof WebClientRequestException wrapping && wrapping.getCause() != null) {
                wrapper = wrapping;
                done.accept(null, wrapping.getCause());
            } else {
                done.accept(received == null ? null : new Received(received, mark), error);
            }
        });
        next.exchange(forAttempt(attempt, current)).subscribe(response);
        return () -> {
            response.abandon();
            current.abort();
        };
    }

    private ClientRequest forAttempt(ExchangeAttempt attempt, ExchangeAbort current) {
        Map<String, String> added = attempt.headers();
        return ClientRequest.from(request)
                .headers(headers -> added.forEach(headers::set))
                .attribute(GivenUpMark.ATTRIBUTE, mark)
                .attribute(RespiteFilter.ABORT, current)
                .body(body.inserter())
                .build();
    }

    /** A failure as {@code WebClient} throws it. */
    Throwable asThrown(Throwable failure) {
        WebClientRequestException last = wrapper;
        if (last != null && last.getCause() == failure) {
            return last;
        }
        return failure instanceof IOException
                ? new WebClientRequestException(failure, request.method(), request.url(), request.headers())
                : failure;
    }

    @Override
    public Cause causeOf(Throwable failure) {
        return body.hasFailed() ? Cause.CALLER : Cause.EXCHANGE;
    }

    @Override
    public int status(Received received) {
        return received.response().statusCode().value();
    }

    @Override
    public List<String> responseHeader(Received received, String name) {
        return received.response().headers().header(name);
    }

    @Override
    public Received detach(Received received) {
        DrainedBody drained = new DrainedBody(abort);
        detached = drained;
        return new Received(drained.drain(received.response(), time), mark);
    }

    @Override
    public void whenReleased(Runnable task) {
        DrainedBody drained = detached;
        if (drained == null) {
            task.run();
        } else {
            drained.whenReleased(task, time.executor());
        }
    }

    @Override
    public void discard(Received received) {
        received.close();
    }
}
