package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.admission.RetryAdmissionFilter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.core.StandardThreadExecutor;
import org.apache.tomcat.util.threads.ResizableExecutor;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** {@code respite.admission.*} in applications with Spring Security and idempotent endpoints, with few threads. */
class AdmissionTest {

    private static final Duration QUEUE_LIMIT = Duration.ofMillis(20);

    private static final List<String> THREADS = List.of(
            "server.tomcat.threads.max=2",
            "server.tomcat.threads.min-spare=1",
            "server.tomcat.threads.max-queue-capacity=50",
            "server.jetty.threads.acceptors=1",
            "server.jetty.threads.selectors=1",
            "server.jetty.threads.max=5",
            "server.jetty.threads.min=3",
            "server.jetty.threads.idle-timeout=17s",
            "respite.admission.enabled=true",
            "shop.retention=72h");

    /** Without reserved threads, which run a request at once while others wait in the queue of Jetty. */
    @Configuration(proxyBeanMethods = false)
    static class NoReservedThreads {
        @Bean
        WebServerFactoryCustomizer<JettyServletWebServerFactory> noReservedThreads() {
            return factory -> factory.addServerCustomizers(server -> {
                if (server.getThreadPool() instanceof QueuedThreadPool threads) {
                    threads.setReservedThreads(0);
                }
            });
        }
    }

    private static TestServer start(Stack.Container container, String... properties) {
        List<String> all = new ArrayList<>(THREADS);
        all.addAll(List.of(properties));
        return TestServer.start(
                new Stack(container, false, true), all, Shop.class, Members.class, NoReservedThreads.class);
    }

    /** A connection of its own, which it keeps. */
    private record Client(TestServer server, HttpClient http) {

        /** Returns a client whose connection has been accepted. */
        static Client of(TestServer server) throws Exception {
            Client client = unconnected(server);
            assertThat(client.send(server.request("/orders").GET()).get().statusCode())
                    .isEqualTo(401);
            return client;
        }

        static Client unconnected(TestServer server) {
            HttpClient.Builder http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
            return new Client(server, http.build());
        }

        CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
            return http.sendAsync(request.build(), BodyHandlers.ofString());
        }

        /** Occupies a thread of the server until the gate of the item is open. */
        CompletableFuture<HttpResponse<String>> hold(String item) throws Exception {
            CompletableFuture<HttpResponse<String>> response =
                    send(server.post("/gated", item).header(KEY, item));
            Shop.entered(item).await();
            return response;
        }
    }

    private static WebServer webServer(TestServer server) {
        return ((WebServerApplicationContext) server.application()).getWebServer();
    }

    private static StandardThreadExecutor tomcatThreads(TestServer server) {
        return (StandardThreadExecutor) ((TomcatWebServer) webServer(server))
                .getTomcat()
                .getConnector()
                .getProtocolHandler()
                .getExecutor();
    }

    private static QueuedThreadPool jettyThreads(TestServer server) {
        return (QueuedThreadPool)
                ((JettyWebServer) webServer(server)).getServer().getThreadPool();
    }

    private static boolean isTomcat(TestServer server) {
        return webServer(server) instanceof TomcatWebServer;
    }

    private static int queued(TestServer server) {
        return isTomcat(server)
                ? tomcatThreads(server).getQueueSize()
                : jettyThreads(server).getQueueSize();
    }

    /** Occupies threads until a request waits for one. Returns the items of the requests. */
    private static List<String> holdAllThreads(TestServer server) throws Exception {
        List<String> items = new ArrayList<>();
        while (true) {
            String item = name("hold");
            items.add(item);
            CompletableFuture<?> unused =
                    Client.unconnected(server).send(server.post("/gated", item).header(KEY, item));
            await().until(() -> Shop.entered(item).getCount() == 0 || queued(server) > 0);
            if (!Shop.entered(item).await(200, TimeUnit.MILLISECONDS)) {
                return items;
            }
        }
    }

    /** Waits until each queued request has waited for longer than the limit. */
    private static void awaitOverTheLimit() {
        long queued = System.nanoTime();
        await().until(() -> System.nanoTime() - queued > QUEUE_LIMIT.toNanos());
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After"))
                .get()
                .asString()
                .matches("[123]");
        assertThat(response.headers().firstValue("x-should-retry")).contains("false");
        assertThat(response.headers().firstValue("Respite-Refused")).contains("retry");
    }

    @ParameterizedTest
    @MethodSource("dev.respite.stacks.idempotency.boot.Stack$Container#some")
    void retryThatHasWaited_isRefusedBeforeSecurityAndBeforeItsKeyIsClaimed(Stack.Container container)
            throws Exception {
        String item = name("item");
        try (TestServer server = start(container, "respite.admission.queue-limit=" + QUEUE_LIMIT)) {
            List<Client> clients = List.of(Client.of(server), Client.of(server), Client.of(server));
            List<String> held = holdAllThreads(server);
            int before = queued(server);
            var unauthorized = clients.get(0)
                    .send(server.request("/orders")
                            .header("Respite-Attempt", "2")
                            .POST(BodyPublishers.ofString(item)));
            await().until(() -> queued(server) == before + 1);
            var retry = clients.get(1)
                    .send(server.post("/orders", item).header(KEY, item).header("Respite-Attempt", "2"));
            await().until(() -> queued(server) == before + 2);
            var first = clients.get(2).send(server.post("/orders", name("item")).header(KEY, name("key")));
            await().until(() -> queued(server) == before + 3);
            awaitOverTheLimit();
            held.forEach(each -> Shop.gate(each).countDown());
            assertRefused(unauthorized.get());
            assertRefused(retry.get());
            assertThat(first.get().statusCode()).isEqualTo(201);
            await().until(() -> server.bean(RetryAdmissionFilter.class).inProgress() == 0);
            assertThat(server.records())
                    .as("keys of those held, and of the first attempt")
                    .isEqualTo(held.size() + 1);
            HttpResponse<String> again = server.post("/orders", item, item);
            assertThat(again.statusCode()).isEqualTo(201);
            assertThat(isReplay(again)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.respite.stacks.idempotency.boot.Stack$Container#some")
    void retryWhoseResultIsRecorded_isReplayedAndNeverWithoutItsPrincipal(Stack.Container container) throws Exception {
        String held = name("hold");
        String item = name("item");
        try (TestServer server =
                start(container, "respite.admission.queue-limit=1m", "respite.admission.in-progress-limit=1")) {
            HttpResponse<String> first = server.post("/orders", item, item);
            assertThat(first.statusCode()).isEqualTo(201);
            awaitInProgress(server, 0);
            Client.of(server).hold(held);
            HttpResponse<String> replay =
                    send(server.post("/orders", item).header(KEY, item).header("Respite-Attempt", "2"));
            assertThat(replay.statusCode()).isEqualTo(201);
            assertThat(isReplay(replay)).isTrue();
            assertRefused(
                    send(server.post("/orders", item).header(KEY, name("other")).header("Respite-Attempt", "2")));
            assertRefused(send(server.request("/orders").header(KEY, item).header("Respite-Attempt", "2")));
            HttpRequest.Builder stranger = server.request("/orders")
                    .header(KEY, item)
                    .header("Respite-Attempt", "2")
                    .POST(BodyPublishers.ofString(item));
            assertThat(send(stranger).statusCode()).as("without credentials").isEqualTo(401);
            Shop.gate(held).countDown();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.respite.stacks.idempotency.boot.Stack$Container#some")
    void meters_countFirstAttemptsAndRetriesAndThoseInProgress(Stack.Container container) throws Exception {
        String held = name("hold");
        try (TestServer server =
                start(container, "respite.admission.queue-limit=1m", "respite.admission.in-progress-limit=1")) {
            MeterRegistry meters = server.bean(MeterRegistry.class);
            Client client = Client.of(server);
            awaitInProgress(server, 0);
            HttpRequest.Builder retry = server.request("/orders").header("Respite-Attempt", "2");
            assertThat(send(retry).statusCode())
                    .as("admitted, and without credentials")
                    .isEqualTo(401);
            awaitInProgress(server, 0);
            client.hold(held);
            assertThat(meters.get("respite.admission.in.progress").gauge().value())
                    .isEqualTo(1);
            assertRefused(send(retry));
            Shop.gate(held).countDown();
            awaitInProgress(server, 0);
            assertThat(requests(meters, "first")).isEqualTo(2);
            assertThat(requests(meters, "admitted")).isEqualTo(1);
            assertThat(requests(meters, "refused")).isEqualTo(1);
        }
    }

    private static void awaitInProgress(TestServer server, int requests) {
        await().until(() -> server.bean(RetryAdmissionFilter.class).inProgress() == requests);
    }

    private static double requests(MeterRegistry meters, String outcome) {
        return meters.get("respite.admission.requests")
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    /** The MBeans of Tomcat, which its meters read, have the counts of any {@code ResizableExecutor}. */
    @Test
    void threadsOfTomcat_haveTheirSizesNamesAndCounts() throws Exception {
        String held = name("hold");
        try (TestServer server = start(Stack.Container.TOMCAT)) {
            StandardThreadExecutor threads = tomcatThreads(server);
            assertThat(threads.getMaxThreads()).isEqualTo(2);
            assertThat(threads.getMinSpareThreads()).isEqualTo(1);
            assertThat(threads.getMaxQueueSize()).isEqualTo(50);
            assertThat(threads.getNamePrefix()).matches("http-nio-auto-\\d+-exec-");
            Client.of(server).hold(held);
            ResizableExecutor counts = threads;
            await().untilAsserted(() -> assertThat(counts.getActiveCount()).isEqualTo(1));
            assertThat(counts.getPoolSize()).isBetween(1, 2);
            Shop.gate(held).countDown();
        }
    }

    @Test
    void threadsOfJetty_haveTheirSizes() {
        try (TestServer server = start(Stack.Container.JETTY)) {
            QueuedThreadPool threads = jettyThreads(server);
            assertThat(threads.getMaxThreads()).isEqualTo(5);
            assertThat(threads.getMinThreads()).isEqualTo(3);
            assertThat(threads.getIdleTimeout()).isEqualTo(17_000);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.respite.stacks.idempotency.boot.Stack$Container#some")
    void close_withARequestInProgress_waitsForItAndEndsItsThreads(Stack.Container container) throws Exception {
        String held = name("hold");
        TestServer server = start(container);
        String prefix = isTomcat(server)
                ? tomcatThreads(server).getNamePrefix()
                : jettyThreads(server).getName() + "-";
        int port = webServer(server).getPort();
        var response = Client.of(server).hold(held);
        assertThat(threads(prefix)).isPositive();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
        await().until(() -> !acceptsConnections(port));
        Shop.gate(held).countDown();
        assertThat(response.get().statusCode()).isEqualTo(200);
        closed.get();
        await().until(() -> threads(prefix) == 0);
    }

    private static boolean acceptsConnections(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    @ParameterizedTest
    @MethodSource("dev.respite.stacks.idempotency.boot.Stack$Container#some")
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreads_refuseByTheRequestsInProgress(Stack.Container container) throws Exception {
        String held = name("hold");
        try (TestServer server =
                start(container, "spring.threads.virtual.enabled=true", "respite.admission.in-progress-limit=1")) {
            Client client = Client.of(server);
            awaitInProgress(server, 0);
            client.hold(held);
            assertRefused(send(server.request("/orders").header("Respite-Attempt", "2")));
            Shop.gate(held).countDown();
        }
    }
}
