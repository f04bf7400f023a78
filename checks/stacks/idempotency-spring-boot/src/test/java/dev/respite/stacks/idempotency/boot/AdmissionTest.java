package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.admission.RetryAdmissionFilter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.catalina.core.StandardThreadExecutor;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/** {@code respite.admission.*} in applications with Spring Security and idempotent endpoints, with two threads for requests. */
class AdmissionTest {

    private static final Duration QUEUE_LIMIT = Duration.ofMillis(20);

    /** Jetty has one thread more to accept connections, and one to read them. */
    private static final List<String> THREADS = List.of(
            "server.tomcat.threads.max=2",
            "server.tomcat.threads.min-spare=1",
            "server.tomcat.threads.max-queue-capacity=50",
            "server.jetty.threads.acceptors=1",
            "server.jetty.threads.selectors=1",
            "server.jetty.threads.max=4",
            "server.jetty.threads.min=3",
            "server.jetty.threads.idle-timeout=17s",
            "respite.admission.enabled=true",
            "shop.retention=72h");

    private static TestServer start(Stack.Container container, String... properties) {
        List<String> all = new ArrayList<>(THREADS);
        all.addAll(List.of(properties));
        return TestServer.start(new Stack(container, false, true), all, Shop.class, Members.class);
    }

    /** A connection of its own, which it keeps. */
    private record Client(TestServer server, HttpClient http) {

        /** Returns a client whose connection has been accepted. */
        static Client of(TestServer server) throws Exception {
            Client client = new Client(
                    server,
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .build());
            assertThat(client.send(server.request("/orders").GET()).get().statusCode())
                    .isEqualTo(401);
            return client;
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

    private static void awaitQueued(TestServer server, int requests) {
        await().until(() -> requests
                == (isTomcat(server)
                        ? tomcatThreads(server).getQueueSize()
                        : jettyThreads(server).getQueueSize()));
    }

    /** Waits until what has been queued before has waited for longer than the limit. */
    private static void awaitOverTheLimit() {
        long queued = System.nanoTime();
        await().until(() -> System.nanoTime() - queued > QUEUE_LIMIT.toNanos());
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).get().asString().matches("[123]");
        assertThat(response.headers().firstValue("x-should-retry")).contains("false");
        assertThat(response.headers().firstValue("Respite-Refused")).contains("retry");
    }

    @ParameterizedTest
    @EnumSource
    void retryThatHasWaited_isRefusedBeforeSecurityAndBeforeItsKeyIsClaimed(Stack.Container container)
            throws Exception {
        String one = name("hold");
        String two = name("hold");
        String item = name("item");
        try (TestServer server = start(container, "respite.admission.queue-limit=" + QUEUE_LIMIT)) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                clients.add(Client.of(server));
            }
            clients.get(0).hold(one);
            clients.get(1).hold(two);
            var unauthorized = clients.get(2)
                    .send(server.request("/orders")
                            .header("Respite-Attempt", "2")
                            .POST(BodyPublishers.ofString(item)));
            awaitQueued(server, 1);
            var retry = clients.get(3)
                    .send(server.post("/orders", item).header(KEY, item).header("Respite-Attempt", "2"));
            awaitQueued(server, 2);
            var first = clients.get(4).send(server.post("/orders", name("item")).header(KEY, name("key")));
            awaitQueued(server, 3);
            awaitOverTheLimit();
            Shop.gate(one).countDown();
            Shop.gate(two).countDown();
            assertRefused(unauthorized.get());
            assertRefused(retry.get());
            assertThat(first.get().statusCode()).isEqualTo(201);
            assertThat(server.records()).as("keys of the two that held, and of the first attempt").isEqualTo(3);
            HttpResponse<String> again = server.post("/orders", item, item);
            assertThat(again.statusCode()).isEqualTo(201);
            assertThat(isReplay(again)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void meters_countFirstAttemptsAndRetriesAndThoseInProgress(Stack.Container container) throws Exception {
        String held = name("hold");
        try (TestServer server =
                start(container, "respite.admission.queue-limit=1m", "respite.admission.in-progress-limit=1")) {
            MeterRegistry meters = server.bean(MeterRegistry.class);
            Client client = Client.of(server);
            awaitInProgress(server, 0);
            HttpRequest.Builder retry = server.request("/orders").header("Respite-Attempt", "2");
            assertThat(send(retry).statusCode()).as("admitted, and without credentials").isEqualTo(401);
            awaitInProgress(server, 0);
            client.hold(held);
            assertThat(meters.get("respite.admission.in.progress").gauge().value()).isEqualTo(1);
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

    @Test
    void threadsOfTomcat_haveTheirSizesNamesAndMeters() throws Exception {
        String held = name("hold");
        try (TestServer server = start(Stack.Container.TOMCAT, "server.tomcat.mbeanregistry.enabled=true")) {
            StandardThreadExecutor threads = tomcatThreads(server);
            assertThat(threads.getMaxThreads()).isEqualTo(2);
            assertThat(threads.getMinSpareThreads()).isEqualTo(1);
            assertThat(threads.getMaxQueueSize()).isEqualTo(50);
            assertThat(threads.getNamePrefix()).matches("http-nio-auto-\\d+-exec-");
            Client.of(server).hold(held);
            MeterRegistry meters = server.bean(MeterRegistry.class);
            assertThat(meters.get("tomcat.threads.busy").gauge().value()).isEqualTo(1);
            assertThat(meters.get("tomcat.threads.current").gauge().value()).isBetween(1.0, 2.0);
            assertThat(meters.get("tomcat.threads.config.max").gauge().value()).isEqualTo(2);
            Shop.gate(held).countDown();
        }
    }

    @Test
    void threadsOfJetty_haveTheirSizes() {
        try (TestServer server = start(Stack.Container.JETTY)) {
            QueuedThreadPool threads = jettyThreads(server);
            assertThat(threads.getMaxThreads()).isEqualTo(4);
            assertThat(threads.getMinThreads()).isEqualTo(3);
            assertThat(threads.getIdleTimeout()).isEqualTo(17_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void close_withARequestInProgress_waitsForItAndEndsItsThreads(Stack.Container container) throws Exception {
        String held = name("hold");
        TestServer server = start(container);
        String prefix = isTomcat(server)
                ? tomcatThreads(server).getNamePrefix()
                : jettyThreads(server).getName() + "-";
        var response = Client.of(server).hold(held);
        assertThat(threads(prefix)).isPositive();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
        await().until(() -> !server.application().isActive());
        Shop.gate(held).countDown();
        assertThat(response.get().statusCode()).isEqualTo(200);
        closed.get();
        await().until(() -> threads(prefix) == 0);
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    @ParameterizedTest
    @EnumSource
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreads_refuseByTheRequestsInProgress(Stack.Container container) throws Exception {
        String held = name("hold");
        try (TestServer server = start(
                container, "spring.threads.virtual.enabled=true", "respite.admission.in-progress-limit=1")) {
            Client client = Client.of(server);
            awaitInProgress(server, 0);
            client.hold(held);
            assertRefused(send(server.request("/orders").header("Respite-Attempt", "2")));
            Shop.gate(held).countDown();
        }
    }
}
