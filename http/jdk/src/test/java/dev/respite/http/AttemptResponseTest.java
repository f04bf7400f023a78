package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;

/** The response to an attempt has the fields of the client's response, and gives up a body without a reader. */
class AttemptResponseTest {

    private static final URI LAST = URI.create("https://example.org/moved");

    private static final SSLSession TLS = (SSLSession) Proxy.newProxyInstance(
            SSLSession.class.getClassLoader(), new Class<?>[] {SSLSession.class}, (proxy, method, arguments) -> null);

    private final AtomicInteger closings = new AtomicInteger();

    private record Response(Object body, Optional<HttpResponse<Object>> previousResponse)
            implements HttpResponse<Object> {
        @Override
        public int statusCode() {
            return 404;
        }

        @Override
        public HttpRequest request() {
            return HttpRequest.newBuilder(LAST).DELETE().build();
        }

        @Override
        public HttpHeaders headers() {
            return HttpHeaders.of(Map.of("X-Id", List.of("7")), (name, value) -> true);
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.of(TLS);
        }

        @Override
        public URI uri() {
            return LAST;
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_2;
        }
    }

    private static AttemptResponse<Object> of(Object body) {
        return new AttemptResponse<>(new Response(body, Optional.empty()));
    }

    private InputStream stream() {
        return new ByteArrayInputStream(new byte[3]) {
            @Override
            public void close() {
                closings.incrementAndGet();
            }
        };
    }

    private DeferredBody deferred() {
        DeferredBody body = new DeferredBody(Runnable::run);
        body.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                closings.incrementAndGet();
            }
        });
        return body;
    }

    @Test
    void accessors_always_areThoseOfTheClientsResponse() {
        Response client = new Response("text", Optional.of(new Response(null, Optional.empty())));
        AttemptResponse<String> response = new AttemptResponse<>(client);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.request().method()).isEqualTo("DELETE");
        assertThat(response.headers().map()).containsOnlyKeys("X-Id");
        assertThat(response.sslSession()).containsSame(TLS);
        assertThat(response.uri()).isEqualTo(LAST);
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(response.body()).isEqualTo("text");
        assertThat(response.wrapped()).isSameAs(client);
        assertThat(response.previousResponse()).hasValueSatisfying(redirect -> {
            assertThat(redirect.statusCode()).isEqualTo(404);
            assertThat(redirect.body()).as("was not read").isNull();
        });
    }

    @Test
    void close_ofAResponseWithAStream_closesIt() {
        of(stream()).close();
        assertThat(closings).hasValue(1);
    }

    @Test
    void close_ofAStreamThatCannotBeClosed_isNotTheCallersFailure() {
        AutoCloseable broken = () -> {
            closings.incrementAndGet();
            throw new IOException("broken");
        };
        of(broken).close();
        assertThat(closings).hasValue(1);
    }

    @Test
    void close_ofAResponseWithoutABody_doesNothing() {
        of(null).close();
        of("text").close();
        of(new Body.Lost<>(new IOException("cut"))).close();
        assertThat(closings).hasValue(0);
    }

    @Test
    void close_ofABodyThatIsNotRead_givesUpItsConnection() {
        DeferredBody body = deferred();
        of(new Body.Deferred<>(null, body)).close();

        assertThat(closings).hasValue(1);
        assertThat(body.lost())
                .get()
                .extracting(Throwable::getMessage)
                .asString()
                .contains("it will not be read");
    }

    @Test
    void body_whichIsNotReadYet_isRefusedUntilItIs() {
        AttemptResponse<Object> response = of(new Body.Deferred<>(null, deferred()));
        assertThat(response.deferred()).isPresent();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(response::body)
                .withMessageContaining("has not been read");

        assertThat(response.with(new Body.Read<>("late"))).isSameAs(response);
        assertThat(response.deferred()).isEmpty();
        assertThat(response.body()).isEqualTo("late");
    }

    @Test
    void body_whichWasLost_throwsTheReason() {
        IOException cut = new IOException("cut");
        AttemptResponse<Object> response = of(new Body.Lost<>(cut));

        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(response::body)
                .withCause(cut);
    }
}
