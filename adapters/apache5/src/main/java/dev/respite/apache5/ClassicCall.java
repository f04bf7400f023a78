package dev.respite.apache5;

import dev.respite.http.exchange.BlockingTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.time.TimeSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.concurrent.ComplexCancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/** A call of a classic client. Each attempt has a connection of its own, so that what ends one cannot end the next. */
final class ClassicCall implements ApacheTransport<ClassicHttpResponse>, BlockingTransport<ClassicHttpResponse> {

    /** The interrupt of the attempt timeout should come first: a client that waits for a connection obeys it. */
    private static final long MARGIN_NANOS = 1_000_000;

    private final ClassicHttpRequest request;
    private final ExecChain.Scope scope;
    private final ExecChain chain;
    private final TimeSource time;
    private final Sent sent;
    private final Cancellation cancellation = new Cancellation();
    private volatile @Nullable ExecRuntime connection;

    ClassicCall(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain, TimeSource time) {
        this.request = request;
        this.scope = scope;
        this.chain = chain;
        this.time = time;
        this.sent = new Sent(request, scope.route.getTargetHost());
    }

    ClassicHttpResponse run(HttpRetry retry) throws IOException, HttpException {
        Optional<CancellableDependency> caller = Cancellation.Caller.of(scope);
        caller.ifPresent(cancellable -> cancellable.setDependency(cancellation));
        try {
            ClassicHttpResponse response = retry.send(this);
            if (cancellation.isCancelled()) {
                discard(response);
                throw new CancellationException("cancelled in a delay");
            }
            caller.ifPresent(cancellable -> Cancellation.Caller.keep(cancellable, response, scope));
            return response;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw cancellation.isCancelled() ? aborted(interrupted) : interrupted(interrupted);
        } catch (IOException | HttpException | RuntimeException failed) {
            if (cancellation.isCancelled()) {
                throw aborted(failed);
            }
            throw failed;
        } catch (Exception impossible) {
            throw new AssertionError("a chain throws nothing else", impossible);
        } finally {
            cancellation.end();
        }
    }

    private static IOException aborted(Exception cause) {
        return new RequestFailedException("Request aborted", cause);
    }

    private static IOException interrupted(InterruptedException cause) {
        IOException reported = new InterruptedIOException("interrupted");
        reported.initCause(cause);
        return reported;
    }

    @Override
    public Sent sent() {
        return sent;
    }

    @Override
    public ClassicHttpResponse send(ExchangeAttempt attempt) throws IOException, HttpException {
        ComplexCancellable end = new ComplexCancellable();
        cancellation.begin(end);
        ExecRuntime own = scope.execRuntime.fork(end);
        connection = own;
        AttemptRequest original = new AttemptRequest(
                attempt.headers().isEmpty() ? request : withHeaders(attempt, copyOf(request)), request.getEntity());
        sent.begin(original);
        ClassicHttpRequest copy = AttemptRequest.copy(original, copyOf(request));
        copy.setEntity(request.getEntity());
        Optional<Duration> left = attempt.remaining();
        TimeCut cut = new TimeCut(end);
        Optional<Future<?>> alarm = left.map(most -> cutAfter(most.toNanos() + MARGIN_NANOS, cut));
        try {
            ClassicHttpResponse response = chain.proceed(
                    copy, new ExecChain.Scope(scope.exchangeId, scope.route, original, own, scope.clientContext));
            if (cut.hasCut()) {
                throw tooLate(left.orElse(Duration.ZERO));
            }
            return response;
        } catch (Throwable failed) {
            own.discardEndpoint();
            if (cut.hasCut()) {
                throw tooLate(left.orElse(Duration.ZERO));
            }
            throw failed;
        } finally {
            alarm.ifPresent(set -> set.cancel(false));
        }
    }

    private static BasicClassicHttpRequest copyOf(ClassicHttpRequest request) {
        return new BasicClassicHttpRequest(
                request.getMethod(), request.getScheme(), request.getAuthority(), request.getPath());
    }

    /** A socket ignores the interrupt of its thread. To close it may block, which the timer's thread must not. */
    private Future<?> cutAfter(long nanos, Runnable cut) {
        return time.schedule(() -> time.executor().execute(cut), nanos);
    }

    @Override
    public boolean isReplayable() {
        HttpEntity body = request.getEntity();
        return body == null || body.isRepeatable() || !mayHaveBeenSent();
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
        return cancellation.isCancelled() ? Cause.CALLER : Cause.EXCHANGE;
    }

    /** Closes the connection: to close the response would read its body to the end. */
    @Override
    public void discard(ClassicHttpResponse response) {
        ExecRuntime last = connection;
        if (last != null) {
            last.discardEndpoint();
        }
    }

    /** Keeps the body if it is short and arrives soon. */
    @Override
    public ClassicHttpResponse detach(ClassicHttpResponse response) {
        HttpEntity body = response.getEntity();
        ExecRuntime own = connection;
        if (own != null && body != null && body.isStreaming()) {
            response.setEntity(kept(body, own));
        }
        return response;
    }

    private HttpEntity kept(HttpEntity body, ExecRuntime own) {
        Future<?> alarm = cutAfter(MAX_READ_NANOS, own::discardEndpoint);
        InputStream content = new ReleasedBody();
        try {
            byte[] read = body.getContent().readNBytes(MAX_BODY + 1);
            if (read.length <= MAX_BODY) {
                content = new ByteArrayInputStream(read);
            }
        } catch (IOException broken) {
            // It is not kept.
        } finally {
            alarm.cancel(false);
            own.discardEndpoint();
        }
        ContentType type = ContentType.parseLenient(body.getContentType());
        return content instanceof ByteArrayInputStream kept
                ? new ByteArrayEntity(kept.readAllBytes(), type, body.getContentEncoding())
                : new InputStreamEntity(content, -1, type, body.getContentEncoding());
    }

    private static final class ReleasedBody extends InputStream {

        @Override
        public int read() throws IOException {
            throw new IOException(RELEASED);
        }
    }
}
