package dev.respite.idempotency.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.State;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exchange of a handler: it has the request of the server, and holds the response. */
class HandlerBodiesTest {

    private static final byte[] PAID = "paid".getBytes(UTF_8);

    private final HandlerFixture fixture = HandlerFixture.open();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void assertPaidTwice() throws Exception {
        HttpResponse<String> first = fixture.post("\"k\"", "100");
        assertThat(first.body()).isEqualTo("paid");
        HttpResponse<String> second = fixture.post("\"k\"", "100");
        assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(second.body()).isEqualTo("paid");
    }

    @Test
    void handler_writesSingleBytes_allAreSentAndReplayed() throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            exchange.sendResponseHeaders(200, PAID.length);
            for (byte each : PAID) {
                exchange.getResponseBody().write(each);
            }
        }));
        assertPaidTwice();
    }

    /** As a filter does that wraps the streams. */
    @Test
    void setStreams_buffered_responseIsComplete() throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            exchange.setStreams(null, new BufferedOutputStream(exchange.getResponseBody()));
            exchange.sendResponseHeaders(200, PAID.length);
            exchange.getResponseBody().write(PAID);
        }));
        assertPaidTwice();
    }

    @Test
    void setStreams_anotherInput_isRead() throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            exchange.setStreams(new ByteArrayInputStream(PAID), null);
            HandlerFixture.respond(
                    exchange, 200, new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        }));
        assertPaidTwice();
    }

    /** A thread of the handler continues while the response is recorded; a long body is in a file until it is sent. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void handler_writesAfterItHasReturned_changesNothing(int inMemory) throws Exception {
        AtomicReference<OutputStream> late = new AtomicReference<>();
        InterceptedStore store = InterceptedStore.of(fixture.store).afterWrites(write -> {
            if (write.state() == State.DONE) {
                try {
                    late.get().write(PAID);
                    late.get().write('!');
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
        });
        HttpGuard<?> guard = HandlerFixture.guard(store).withResponseLimits(inMemory, 100);
        fixture.serve(HandlerFixture.around(guard, exchange -> {
            late.set(exchange.getResponseBody());
            exchange.sendResponseHeaders(200, PAID.length);
            exchange.getResponseBody().write(PAID);
        }));
        assertThat(fixture.post("\"k\"", "100").body()).isEqualTo("paid");
    }

    @Test
    void sendResponseHeaders_twice_isRejected() throws Exception {
        List<Object> found = new CopyOnWriteArrayList<>();
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            found.add(exchange.getResponseCode());
            exchange.sendResponseHeaders(202, PAID.length);
            found.add(exchange.getResponseCode());
            try {
                exchange.sendResponseHeaders(500, 0);
            } catch (IOException rejected) {
                found.add(rejected.getMessage());
            }
            exchange.getResponseBody().write(PAID);
        }));
        assertThat(fixture.post("\"k\"", "100").statusCode()).isEqualTo(202);
        assertThat(found).containsExactly(-1, 202, "headers already sent");
        assertPaidTwice();
    }

    /** The execution that lost its record has written a part of its response. */
    @Test
    void handler_isRunAgain_responseOfTheFirstRunIsDiscarded() throws Exception {
        AtomicInteger claims = new AtomicInteger();
        IdempotencyStore lost = InMemoryIdempotencyStore.create();
        InterceptedStore store = InterceptedStore.of(fixture.store)
                .withPutIfAbsent(
                        (key, write) -> (claims.incrementAndGet() == 1 ? lost : fixture.store).putIfAbsent(key, write));
        HttpGuard<?> guard = HttpGuard.of(ExternalIdempotency.of(store).withExplicitEffectStart());
        fixture.serve(HandlerFixture.around(guard, exchange -> {
            exchange.sendResponseHeaders(200, PAID.length);
            exchange.getResponseBody().write(PAID, 0, 2);
            ((Execution) exchange.getAttribute(IdempotentHandler.CONTEXT)).effectStarting();
            exchange.getResponseBody().write(PAID, 2, 2);
        }));
        assertPaidTwice();
        assertThat(claims).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3, 5})
    void handler_writesAnotherLengthThanAnnounced_isUnknown(int announced) throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            exchange.sendResponseHeaders(200, announced);
            exchange.getResponseBody().write(PAID);
        }));
        assertThatThrownBy(() -> fixture.post("\"k\"", "100")).isInstanceOf(IOException.class);
        assertThat(fixture.store.count(State.UNKNOWN)).isEqualTo(1);
    }

    /** A long body is in a temporary file until it is sent. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void handler_longResponse_leavesNoOpenFile() throws Exception {
        long before = openFiles();
        CompletableFuture<Long> during = new CompletableFuture<>();
        CompletableFuture<Long> after = new CompletableFuture<>();
        HttpHandler guarded = HandlerFixture.around(fixture.guard().withResponseLimits(0, 100), exchange -> {
            exchange.sendResponseHeaders(200, PAID.length);
            exchange.getResponseBody().write(PAID);
            during.complete(openFiles());
        });
        fixture.serve(exchange -> {
            try {
                guarded.handle(exchange);
            } finally {
                after.complete(openFiles());
            }
        });
        assertThat(fixture.post("\"k\"", "100").body()).isEqualTo("paid");
        assertThat(during).isCompletedWithValue(before + 1);
        assertThat(after.get()).isEqualTo(before);
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(HandlerBodiesTest::isHeldBody).count();
        }
    }

    private static boolean isHeldBody(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("respite-response-");
        } catch (IOException closed) {
            return false;
        }
    }

    private static List<Object> request(HttpExchange exchange) {
        return List.of(
                exchange.getHttpContext(),
                exchange.getRemoteAddress(),
                exchange.getLocalAddress(),
                exchange.getProtocol(),
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                exchange.getRequestHeaders(),
                exchange.getPrincipal() == null);
    }

    @Test
    void handler_hasTheRequestOfTheServer() throws Exception {
        List<List<Object>> requests = new CopyOnWriteArrayList<>();
        IdempotentHandler guarded = HandlerFixture.around(fixture.guard(), exchange -> {
            requests.add(request(exchange));
            fixture.pay(exchange);
        });
        fixture.serve(exchange -> {
            requests.add(request(exchange));
            guarded.handle(exchange);
        });
        fixture.post("\"k\"", "100");
        assertThat(requests).hasSize(2);
        assertThat(requests.get(1)).isEqualTo(requests.get(0));
    }

    @Test
    void attributes_ofAHandler_belongToItsRequest() throws Exception {
        List<Object> found = new CopyOnWriteArrayList<>();
        IdempotentHandler guarded = HandlerFixture.around(fixture.guard(), exchange -> {
            for (String name : List.of("tenant", "handler")) {
                found.add(String.valueOf(exchange.getAttribute(name)));
            }
            exchange.setAttribute("tenant", "another");
            exchange.setAttribute("handler", "set");
            found.add(exchange.getAttribute("tenant"));
            exchange.setAttribute("tenant", null);
            found.add(exchange.getAttribute("tenant"));
            fixture.pay(exchange);
        });
        fixture.serve(exchange -> {
            exchange.setAttribute("tenant", "acme");
            guarded.handle(exchange);
        });
        fixture.post("\"k\"", "100");
        assertThat(found).containsExactly("acme", "null", "another", "acme");
        fixture.post("\"l\"", "100");
        assertThat(found.subList(4, 8)).isEqualTo(found.subList(0, 4));
    }
}
