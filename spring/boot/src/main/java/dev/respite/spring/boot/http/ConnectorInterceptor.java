package dev.respite.spring.boot.http;

import dev.respite.spring.http.RespiteInterceptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.support.HttpRequestWrapper;

/**
 * Selects the retry of a request by the redirects of its request factory. An application may set the factory after the builder was
 * decorated.
 *
 * @param following for factories that may follow redirects
 * @param direct for factories that follow none
 * @param connectors the knowledge
 */
record ConnectorInterceptor(RespiteInterceptor following, RespiteInterceptor direct, Connectors connectors)
        implements ClientHttpRequestInterceptor {

    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        if (request.getURI().getHost() == null) {
            // Only a mock of a server accepts it: there is no origin with a budget.
            return execution.execute(request, body);
        }
        HttpRequest original = request;
        while (original instanceof HttpRequestWrapper wrapper) {
            original = wrapper.getRequest();
        }
        @Nullable Object factory = Connectors.of(original);
        return (connectors.mayFollow(factory) ? following : direct).intercept(request, body, execution);
    }
}
