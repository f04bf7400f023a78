package dev.respite.stacks;

import dev.respite.outcome.ErrorKind;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/** Spring's RestClient over HttpURLConnection, and its WebClient over Reactor Netty. */
class SpringTest {

    private static final Duration SHORT = Duration.ofMillis(200);

    private static Judged rest(URI uri) {
        return rest(uri, Duration.ofSeconds(20));
    }

    private static Judged rest(URI uri, Duration timeout) {
        SimpleClientHttpRequestFactory factory = new SimpleClientHttpRequestFactory();
        factory.setConnectTimeout(timeout);
        factory.setReadTimeout(timeout);
        RestClient client = RestClient.builder().requestFactory(factory).build();
        return Judged.of(() -> client.post().uri(uri).body("body").retrieve().body(String.class));
    }

    private static Judged reactive(URI uri) {
        WebClient client = WebClient.create();
        return Judged.of(() -> client.post()
                .uri(uri)
                .bodyValue("body")
                .retrieve()
                .bodyToMono(String.class)
                .block());
    }

    @Test
    void restClient_statusOfAResponse_isTheStatus() {
        try (RawServer server = RawServer.ofStatus(503)) {
            rest(server.uri()).isA(HttpServerErrorException.class).isTransient(503);
        }
        try (RawServer server = RawServer.ofStatus(599)) {
            rest(server.uri()).isTransient(599);
        }
        try (RawServer server = RawServer.ofStatus(404)) {
            rest(server.uri()).isFatal().isSelectedBy("404").isSelectedBy("4xx");
        }
    }

    @Test
    void restClient_withoutAResponse_isWhatItsCauseStates() {
        rest(RawServer.refusing()).isA(ResourceAccessException.class).isTransient(ErrorKind.CONNECT);
        try (RawServer server = RawServer.unreachable()) {
            rest(server.uri(), SHORT).isA(ResourceAccessException.class).isTransient(ErrorKind.CONNECT);
        }
        try (RawServer server = RawServer.of(RawServer.Fault.HANG)) {
            rest(server.uri(), SHORT).isA(RestClientException.class).isTransient(ErrorKind.TIMEOUT);
        }
        try (RawServer server = RawServer.of(RawServer.Fault.RESET)) {
            rest(server.uri()).isA(RestClientException.class).isTransient(ErrorKind.IO);
        }
    }

    @Test
    void webClient_statusOfAResponse_isTheStatus() {
        try (RawServer server = RawServer.ofStatus(503)) {
            reactive(server.uri()).isA(WebClientResponseException.class).isTransient(503);
        }
        try (RawServer server = RawServer.ofStatus(501)) {
            reactive(server.uri()).isFatal().isSelectedBy("501");
        }
    }

    @Test
    void webClient_withoutAResponse_isWhatItsCauseStates() {
        reactive(RawServer.refusing()).isA(WebClientRequestException.class).isTransient(ErrorKind.CONNECT);
        try (RawServer server = RawServer.of(RawServer.Fault.DROP)) {
            reactive(server.uri()).isA(WebClientRequestException.class).isTransient(ErrorKind.IO);
        }
        try (RawServer server = RawServer.of(RawServer.Fault.RESET)) {
            reactive(server.uri()).isA(WebClientRequestException.class).isTransient(ErrorKind.IO);
        }
    }

    /** The exception has the status of the response that broke off, which is a success. */
    @ParameterizedTest
    @EnumSource(
            value = RawServer.Fault.class,
            names = {"TRUNCATE", "TRUNCATE_CHUNK"})
    void webClient_bodyThatBreaksOff_isWhatItsCauseStates(RawServer.Fault fault) {
        try (RawServer server = RawServer.of(fault)) {
            reactive(server.uri()).isA(WebClientResponseException.class).isTransient(ErrorKind.IO);
        }
    }
}
