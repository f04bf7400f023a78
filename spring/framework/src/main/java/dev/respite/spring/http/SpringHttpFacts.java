package dev.respite.spring.http;

import dev.respite.failure.FailureFact;
import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.HttpStatus;
import dev.respite.failure.FailureFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/**
 * Reads from the exceptions that {@code RestClient} and {@code WebClient} make of a response whether a call has given up on it,
 * so that calls around it do not retry it again. Found by {@link java.util.ServiceLoader}.
 */
public final class SpringHttpFacts implements FailureFacts {

    private static final String REST_CLIENT = "org.springframework.web.client.";
    private static final String WEB_CLIENT = "org.springframework.web.reactive.function.client.";

    /** For the service loader. */
    public SpringHttpFacts() {}

    @Override
    public List<FailureFact> of(Throwable failure) {
        // Neither client has to be there: its classes are needed only for its own exceptions.
        String name = failure.getClass().getName();
        if (name.startsWith(WEB_CLIENT)) {
            return OfWebClient.of(failure);
        }
        return name.startsWith(REST_CLIENT) ? OfRestClient.of(failure) : List.of();
    }

    private static List<FailureFact> given(int status) {
        return List.of(new HttpStatus(status), Condition.ALREADY_RETRIED);
    }

    private static final class OfRestClient {
        static List<FailureFact> of(Throwable failure) {
            if (!(failure instanceof RestClientResponseException response)) {
                return List.of();
            }
            @Nullable HttpHeaders headers = response.getResponseHeaders();
            boolean marked = headers != null && headers.containsHeader(GivenUpMark.HEADER);
            return marked ? given(response.getStatusCode().value()) : List.of();
        }
    }

    private static final class OfWebClient {
        static List<FailureFact> of(Throwable failure) {
            if (!(failure instanceof WebClientResponseException response)) {
                return List.of();
            }
            @Nullable HttpRequest request = response.getRequest();
            boolean marked = request != null
                    && request.getAttributes().get(GivenUpMark.ATTRIBUTE) instanceof GivenUpMark mark
                    && mark.isSet();
            return marked ? given(response.getStatusCode().value()) : List.of();
        }
    }
}
