package dev.respite.apache5;

import dev.respite.http.exchange.BlockingTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.client5.http.protocol.RedirectLocations;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.concurrent.ComplexCancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntities;
import org.jspecify.annotations.Nullable;

/** A call of a classic client. Each attempt has a connection of its own, so that what ends one cannot end the next. */
final class ClassicCall implements ApacheTransport<ClassicHttpResponse>, BlockingTransport<ClassicHttpResponse> {

    /** The request that the caller may cancel, kept in the context: the scope after a redirect has another one. */
    private static final String CALLER = "dev.respite.apache5.caller";

    private final ExecChain.Scope scope;
    private final ExecChain chain;
    private final TimeSource time;
    private final int maxBuffered;
    private final SentRequest request;
    private final CancellableDependency caller;
    private ExecRuntime connection;

    ClassicCall(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain, ApacheRetry owner) {
        this.scope = scope;
        this.chain = chain;
        this.time = owner.retry.time();
        this.maxBuffered = owner.maxBuffered;
        this.connection = scope.execRuntime;
        @Nullable HttpEntity body = request.getEntity();
        this.request = new SentRequest(request, scope.route.getTargetHost(), body == null || body.isRepeatable());
        this.request.setEntity(body);
        RedirectLocations followed = scope.clientContext.getRedirectLocations();
        if (followed == null || followed.size() == 0) {
            scope.clientContext.setAttribute(CALLER, scope.originalRequest);
        }
        Object first = scope.clientContext.getAttribute(CALLER);
        this.caller = first instanceof CancellableDependency cancellable ? cancellable : new ComplexCancellable();
    }

    @Override
    public SentRequest request() {
        return request;
    }

    @Override
    public ClassicHttpResponse send(ExchangeAttempt attempt) throws IOException, HttpException {
        ComplexCancellable end = new ComplexCancellable();
        attempt.onLate(end::cancel);
        caller.setDependency(end);
        ExecRuntime own = scope.execRuntime.fork(end);
        connection = own;
        ClassicHttpRequest copy = request.begin(attempt);
        try {
            if (caller.isCancelled()) {
                throw new RequestFailedException("Request aborted");
            }
            ClassicHttpResponse response = chain.proceed(
                    copy, new ExecChain.Scope(scope.exchangeId, scope.route, request, own, scope.clientContext));
            buffer(response, attempt);
            return response;
        } catch (Throwable failed) {
            own.discardEndpoint();
            if (failed instanceof IOException && caller.isCancelled()) {
                throw new RequestFailedException("Request aborted", failed);
            }
            throw failed;
        }
    }

    /** Reads the body of a response inside the attempt, if it is to be buffered. */
    private void buffer(ClassicHttpResponse response, ExchangeAttempt attempt) throws IOException {
        HttpEntity body = response.getEntity();
        if (body != null
                && attempt.mayBuffer(
                        status(response),
                        name -> responseHeader(response, name),
                        body.getContentLength(),
                        maxBuffered)) {
            response.setEntity(new BufferedBody(body, maxBuffered));
        }
    }

    /** A wait ends when the caller cancels the request. */
    @Override
    public void onWait(Runnable end) {
        caller.setDependency(() -> {
            end.run();
            return true;
        });
    }

    @Override
    public int status(ClassicHttpResponse response) {
        return response.getCode();
    }

    @Override
    public List<String> responseHeader(ClassicHttpResponse response, String name) {
        return ApacheTransport.values(response, name);
    }

    @Override
    public Cause causeOf(Throwable failure) {
        return caller.isCancelled() ? Cause.CANCELLED : Cause.EXCHANGE;
    }

    /** Closes the connection: to close the response would read its body to the end. */
    @Override
    public void discard(ClassicHttpResponse response) {
        connection.discardEndpoint();
    }

    /** Keeps the body if it is short and arrives soon. */
    @Override
    public ClassicHttpResponse detach(ClassicHttpResponse response) {
        HttpEntity body = response.getEntity();
        if (body != null && body.isStreaming()) {
            response.setEntity(kept(body, connection));
        }
        return response;
    }

    /** A socket ignores interrupts, so that another thread closes it when the time is up. */
    private HttpEntity kept(HttpEntity body, ExecRuntime own) {
        ContentType type = ContentType.parseLenient(body.getContentType());
        Future<?> alarm = time.schedule(() -> time.executor().execute(own::discardEndpoint), MAX_READ_NANOS);
        try {
            byte[] read = body.getContent().readNBytes(MAX_BODY + 1);
            if (read.length <= MAX_BODY) {
                return new ByteArrayEntity(read, type, body.getContentEncoding());
            }
        } catch (IOException broken) {
            // It is not kept.
        } finally {
            alarm.cancel(false);
            own.discardEndpoint();
        }
        return HttpEntities.create(
                unread -> {
                    throw new IOException(RELEASED);
                },
                type);
    }
}
