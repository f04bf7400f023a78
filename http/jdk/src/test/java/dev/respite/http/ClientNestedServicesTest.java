package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.respite.Retry;
import dev.respite.http.exchange.RetryAdvice;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.RealTime;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Services that call each other, over real sockets: A calls B, B calls C, and C is down. Each makes three attempts. */
class ClientNestedServicesTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Deque<HttpServer> servers = new ArrayDeque<>();
    private final List<Integer> atTheBottom = new CopyOnWriteArrayList<>();
    private final RecordingListener listener = new RecordingListener();
    private final RetryingHttpClient ofA = listener.client("max-attempts=3");
    private final RetryingHttpClient ofB = new RecordingListener().client("max-attempts=3");

    private URI bottom;

    @BeforeEach
    void startC() throws IOException {
        bottom = serve(exchange -> {
            @Nullable String number = exchange.getRequestHeaders().getFirst("Respite-Attempt");
            atTheBottom.add(number == null ? 1 : Integer.parseInt(number));
            exchange.sendResponseHeaders(503, -1);
        });
    }

    @AfterEach
    void close() {
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private URI serve(Handler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                handler.handle(exchange);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        servers.add(server);
        InetSocketAddress address = server.getAddress();
        return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/");
    }

    private static HttpRequest get(URI uri) {
        return HttpRequest.newBuilder(uri).build();
    }

    /** A service that calls the next one, and passes its failure on with advice. */
    private URI serviceAbove(URI next) throws IOException {
        return serve(exchange -> {
            RetryAdvice advice = new RetryAdvice();
            HttpResponse<Void> below = ofB.withListener(advice).send(get(next), BodyHandlers.discarding());
            advice.hint().fields().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(below.statusCode(), -1);
        });
    }

    private URI silentServiceAbove(URI next) throws IOException {
        return serve(exchange -> exchange.sendResponseHeaders(
                ofB.send(get(next), BodyHandlers.discarding()).statusCode(), -1));
    }

    private int ask(Sender how, URI uri) throws Exception {
        return how.by(ofA).send(get(uri), BodyHandlers.discarding()).statusCode();
    }

    @ParameterizedTest
    @EnumSource
    void twoServices_oneThatAdvises_callTheBottomThreeTimes(Sender how) throws Exception {
        assertThat(ask(how, serviceAbove(bottom))).isEqualTo(503);

        assertThat(atTheBottom).containsExactly(1, 2, 3);
        assertThat(listener.attempts()).isEqualTo(1);
        assertThat(listener.reason()).isEqualTo(StopReason.RETRY_FORBIDDEN_BY_SERVER);
    }

    /** The use of nested suppression. */
    @Test
    void twoServices_noneThatAdvises_callTheBottomNineTimes() throws Exception {
        assertThat(ask(Sender.WAITING, silentServiceAbove(bottom))).isEqualTo(503);

        assertThat(atTheBottom).hasSize(9);
    }

    @ParameterizedTest
    @EnumSource
    void clientInAClient_callsTheBottomThreeTimes(Sender how) throws Exception {
        RetryingHttpClient around = listener.client(ofB, "max-attempts=3");
        HttpResponse<String> response = how.by(around).send(get(bottom), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEmpty();
        assertThat(atTheBottom).containsExactly(1, 2, 3);
        assertThat(listener.reason()).isEqualTo(StopReason.ALREADY_RETRIED);
    }

    /** The client inside may not retry an answer that the one around may; then it gives up on the next. */
    @ParameterizedTest
    @EnumSource
    void clientInAClient_thatGivesUpInALaterAttempt_isRecognizedThen(Sender how) throws Exception {
        List<Integer> statuses = List.of(500, 503, 503, 503, 200);
        URI server = serve(exchange -> {
            atTheBottom.add(1);
            exchange.sendResponseHeaders(statuses.get(atTheBottom.size() - 1), -1);
        });
        RetryingHttpClient around =
                listener.client(new RecordingListener().client("max-attempts=3 stop-on=500"), "max-attempts=3");
        HttpResponse<Void> response = how.by(around).send(get(server), BodyHandlers.discarding());

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(atTheBottom).hasSize(4);
        assertThat(listener.reason()).isEqualTo(StopReason.ALREADY_RETRIED);
    }

    /** The trap of docs/nested-retries.md: the exception is a new failure, which the outer policy names. */
    @ParameterizedTest
    @EnumSource
    void ownExceptionOfAResponse_thatAnOuterPolicyNames_multipliesAndIsCounted(Sender how) {
        Retry page = Retry.withoutWarnings(
                RetryPolicy.parse("max-attempts=3 base-delay=1ms retry-on=java.io.IOException"), TimeSource.system());
        assertThatThrownBy(() -> {
                    if (how == Sender.WAITING) {
                        page.run(() -> checked(ofA.send(get(bottom), BodyHandlers.discarding())));
                    } else {
                        page.callAsync(() -> ofA.sendAsync(get(bottom), BodyHandlers.discarding())
                                        .thenApply(response -> {
                                            try {
                                                return checked(response);
                                            } catch (IOException own) {
                                                throw new CompletionException(own);
                                            }
                                        }))
                                .get(RealTime.patience().toSeconds(), TimeUnit.SECONDS);
                    }
                })
                .hasMessageContaining("no quote");
        assertThat(atTheBottom).hasSize(9);
        assertThat(page.counts().multiplied()).isEqualTo(2);
    }

    private static HttpResponse<Void> checked(HttpResponse<Void> response) throws IOException {
        if (response.statusCode() >= 500) {
            throw new IOException("no quote");
        }
        return response;
    }

    @Test
    void threeServices_thatAdvise_callTheBottomThreeTimes() throws Exception {
        assertThat(ask(Sender.WAITING, serviceAbove(serviceAbove(bottom)))).isEqualTo(503);

        assertThat(atTheBottom).containsExactly(1, 2, 3);
    }

    @Test
    void service_whoseAsynchronousCallGivesUp_advisesToo() throws Exception {
        URI above = serve(exchange -> {
            RetryAdvice advice = new RetryAdvice();
            int status = ofB.withListener(advice)
                    .sendAsync(get(bottom), BodyHandlers.discarding())
                    .join()
                    .statusCode();
            advice.hint().fields().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(status, -1);
        });

        assertThat(ask(Sender.WAITING, above)).isEqualTo(503);
        assertThat(atTheBottom).containsExactly(1, 2, 3);
    }

    /** A listener that is added for one request leaves the client's budgets and counts where they are. */
    @Test
    void withListener_always_sharesTheBudgetsOfTheOrigins() throws Exception {
        RetryingHttpClient poor = new RecordingListener().client("max-attempts=2 budget=10%");
        int refused = 0;
        for (int i = 0; i < 12; i++) {
            RecordingListener once = new RecordingListener();
            poor.withListener(once).send(get(bottom), BodyHandlers.discarding());
            refused += once.reason() == StopReason.BUDGET_EXHAUSTED ? 1 : 0;
        }
        assertThat(refused).isPositive();
    }
}
