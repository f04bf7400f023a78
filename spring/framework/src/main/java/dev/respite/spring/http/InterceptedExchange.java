package dev.respite.spring.http;

import dev.respite.http.exchange.BlockingTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.support.HttpRequestWrapper;

/** A request that an interceptor sends, as often as it has to. Its body is in memory. */
final class InterceptedExchange implements BlockingTransport<InterceptedResponse> {

    private final HttpRequest request;
    private final byte[] body;
    private final ClientHttpRequestExecution execution;
    private final boolean followsRedirects;
    private final TimeSource time;

    private volatile boolean mintedKey;

    InterceptedExchange(
            HttpRequest request,
            byte[] body,
            ClientHttpRequestExecution execution,
            boolean followsRedirects,
            TimeSource time) {
        this.request = request;
        this.body = body;
        this.execution = execution;
        this.followsRedirects = followsRedirects;
        this.time = time;
    }

    boolean hasMintedKey() {
        return mintedKey;
    }

    @Override
    public String method() {
        return request.getMethod().name();
    }

    @Override
    public URI uri() {
        return request.getURI();
    }

    @Override
    public List<String> requestHeader(String name) {
        return request.getHeaders().getOrDefault(name, List.of());
    }

    @Override
    public boolean isReplayable() {
        return true;
    }

    @Override
    public boolean followsRedirects() {
        return followsRedirects;
    }

    @Override
    public InterceptedResponse send(ExchangeAttempt attempt) throws Exception {
        mintedKey = attempt.hasMintedKey();
        ExchangeAbort abort = new ExchangeAbort(time, attempt.remaining());
        ClientHttpResponse response;
        try {
            response = abort.run(() -> execution.execute(new AttemptRequest(request, attempt), body));
        } catch (IOException | RuntimeException failed) {
            throw abort.isAborted() ? late(failed) : failed;
        }
        if (abort.isAborted()) {
            response.close();
            throw late(new IOException("the response came while its exchange was ended"));
        }
        try {
            return new InterceptedResponse(response, abort);
        } catch (IOException | RuntimeException failed) {
            response.close();
            throw failed;
        }
    }

    private static TimeoutException late(Exception aborted) {
        TimeoutException late = new TimeoutException("the exchange was ended at the limit of its attempt");
        late.initCause(aborted);
        return late;
    }

    @Override
    public int status(InterceptedResponse response) {
        return response.getStatusCode().value();
    }

    @Override
    public List<String> responseHeader(InterceptedResponse response, String name) {
        return response.getHeaders().getOrDefault(name, List.of());
    }

    @Override
    public InterceptedResponse detach(InterceptedResponse response) {
        response.release(time);
        return response;
    }

    @Override
    public void discard(InterceptedResponse response) {
        response.discard();
    }

    /** The request of an attempt: what inner interceptors add to its headers is not in the next one. */
    private static final class AttemptRequest extends HttpRequestWrapper {
        private final HttpHeaders headers;

        AttemptRequest(HttpRequest request, ExchangeAttempt attempt) {
            super(request);
            this.headers = HttpHeaders.copyOf(request.getHeaders());
            attempt.headers().forEach(headers::set);
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }
    }
}
