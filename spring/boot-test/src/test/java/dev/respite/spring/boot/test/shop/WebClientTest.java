package dev.respite.spring.boot.test.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.net.httpserver.HttpServer;
import dev.respite.Retry;
import dev.respite.spring.boot.test.WithVirtualTime;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;

/** A client whose calls go on in threads of its own, while the test blocks until they end. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:market",
            "respite.http.groups.market.policy=quotes",
            "respite.policies.quotes.attempt-timeout=1s",
            "respite.idempotency.enabled=false"
        })
@WithVirtualTime
@Timeout(value = 10, threadMode = Timeout.ThreadMode.SAME_THREAD)
class WebClientTest {

    private static final AtomicInteger REQUESTS = new AtomicInteger();
    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static final HttpServer SERVER = start();

    interface Market {
        @GetExchange("/quotes")
        String quotes();

        @GetExchange("/silent")
        String silent();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportHttpServices(group = "market", types = Market.class, clientType = ClientType.WEB_CLIENT)
    static class Client {}

    @Autowired
    private Market market;

    @Autowired
    private Retry retry;

    @Autowired
    private VirtualTime time;

    @DynamicPropertySource
    static void server(DynamicPropertyRegistry registry) {
        registry.add(
                "spring.http.serviceclient.market.base-url",
                () -> "http://localhost:" + SERVER.getAddress().getPort());
    }

    private static HttpServer start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newCachedThreadPool());
            server.createContext("/quotes", exchange -> {
                boolean isDown = REQUESTS.incrementAndGet() < 3;
                exchange.sendResponseHeaders(isDown ? 503 : 200, isDown ? -1 : 2);
                if (!isDown) {
                    exchange.getResponseBody().write(new byte[] {'o', 'k'});
                }
                exchange.close();
            });
            server.createContext("/silent", exchange -> {
                try (exchange) {
                    if (REQUESTS.incrementAndGet() == 1) {
                        exchange.sendResponseHeaders(503, -1);
                    } else if (REQUESTS.get() == 2) {
                        ENDED.await();
                    } else {
                        exchange.sendResponseHeaders(204, -1);
                    }
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            });
            server.start();
            return server;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @AfterAll
    static void close() {
        ENDED.countDown();
        SERVER.stop(0);
    }

    @Test
    void delays_ofACallThatTheTestBlocksFor_takeNoTime() {
        REQUESTS.set(0);
        long before = time.nanoTime();
        assertThat(market.quotes()).isEqualTo("ok");
        assertThat(REQUESTS).hasValue(3);
        assertThat(Duration.ofNanos(time.nanoTime() - before)).isEqualTo(Duration.ofMinutes(30));
    }

    /** The server is in the time of the system. */
    @Test
    void timeout_ofALaterAttempt_isNotSkippedAndNotLost() {
        REQUESTS.set(0);
        long begun = System.nanoTime();
        assertThatCode(market::silent).doesNotThrowAnyException();
        assertThat(REQUESTS).hasValue(3);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void delay_thatTheTestBeginsAndBlocksFor_passes() {
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<String> call = retry.callAsync(() -> attempts.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(new ConnectException("down"))
                : CompletableFuture.completedFuture("ok"));
        assertThat(call.join()).isEqualTo("ok");
    }

    @Test
    void delay_thatTheTestLetsPass_needsNoOtherThread() {
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<String> call = retry.callAsync(() -> attempts.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(new ConnectException("down"))
                : CompletableFuture.completedFuture("ok"));
        time.advance(Duration.ofMinutes(9));
        assertThat(attempts).hasValue(1);
        time.advance(Duration.ofMinutes(1));
        assertThat(call).isCompletedWithValue("ok");
    }
}
