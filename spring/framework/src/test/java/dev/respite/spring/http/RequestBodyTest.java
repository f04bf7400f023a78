package dev.respite.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.AbstractClientHttpRequest;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Bodies of requests that are written again, on a connection in memory. */
class RequestBodyTest {

    private static final URI FILES = URI.create("http://shop/files/1");

    /** A request that keeps the bytes which a client would send. */
    private static final class Sent extends AbstractClientHttpRequest {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            return doCommit(() -> Flux.from(body)
                    .doOnNext(buffer -> bytes.writeBytes(
                            buffer.toString(StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8)))
                    .then());
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return writeWith(Flux.from(body).concatMap(chunk -> chunk));
        }

        @Override
        public Mono<Void> setComplete() {
            return doCommit();
        }

        @Override
        public HttpMethod getMethod() {
            return HttpMethod.PUT;
        }

        @Override
        public URI getURI() {
            return FILES;
        }

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        public <T> T getNativeRequest() {
            return (T) this;
        }

        @Override
        public DataBufferFactory bufferFactory() {
            return DefaultDataBufferFactory.sharedInstance;
        }

        @Override
        protected void applyHeaders() {}

        @Override
        protected void applyCookies() {}
    }

    private static ClientRequest.Builder put(Flux<String> body) {
        return ClientRequest.create(HttpMethod.PUT, FILES).body(body, String.class);
    }

    /** Writes a body as an attempt does, to the end or as far as its publisher goes. */
    private static Sent write(RequestBody body, ClientRequest request) {
        Sent sent = new Sent();
        ClientRequest.from(request)
                .body(body.inserter())
                .build()
                .writeTo(sent, ExchangeStrategies.withDefaults())
                .subscribe();
        return sent;
    }

    @ParameterizedTest
    @CsvSource({"131072, 131072, true", "131072, 131073, false", "262145, 0, false", "262144, 0, true"})
    void body_isRecordedUpTo256KiB(int first, int second, boolean isReplayable) {
        ClientRequest request =
                put(Flux.just("x".repeat(first), "y".repeat(second))).build();
        RequestBody body = RequestBody.of(request, false);
        assertThat(write(body, request).text()).hasSize(first + second);
        assertThat(body.isReplayable()).isEqualTo(isReplayable);
    }

    @Test
    void body_thatIsWrittenAgain_isTheRecord() {
        AtomicInteger subscriptions = new AtomicInteger();
        ClientRequest request = put(Flux.just("100 ", "EUR").doOnSubscribe(each -> subscriptions.incrementAndGet()))
                .build();
        RequestBody body = RequestBody.of(request, false);
        assertThat(body.isReplayable()).as("nothing was written yet").isTrue();
        Sent first = write(body, request);
        Sent second = write(body, request);
        assertThat(second.text()).isEqualTo("100 EUR").isEqualTo(first.text());
        assertThat(second.getHeaders().getContentType())
                .isNotNull()
                .isEqualTo(first.getHeaders().getContentType());
        assertThat(subscriptions).hasValue(1);
    }

    /** A server may respond to the last byte. */
    @Test
    void body_ofAKnownLength_isRecordedBeforeItsPublisherCompletes() {
        Flux<String> neverCompletes = Flux.concat(Flux.just("100 ", "EUR"), Flux.never());
        ClientRequest request = put(neverCompletes)
                .headers(headers -> headers.setContentLength(7))
                .build();
        RequestBody body = RequestBody.of(request, false);
        write(body, request);
        assertThat(body.isReplayable()).isTrue();
        assertThat(write(body, request).text()).isEqualTo("100 EUR");
    }

    @Test
    void body_thatIsWrittenInPart_isNotReplayable() {
        ClientRequest request = put(Flux.concat(Flux.just("100 "), Flux.never()))
                .headers(headers -> headers.setContentLength(7))
                .build();
        RequestBody body = RequestBody.of(request, false);
        write(body, request);
        assertThat(body.isReplayable()).isFalse();
    }
}
