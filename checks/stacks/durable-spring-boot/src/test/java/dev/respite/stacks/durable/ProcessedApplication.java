package dev.respite.stacks.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.respite.Retry;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.setup.SetupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.springframework.aot.AotDetector;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.test.agent.RuntimeHintsInvocations;
import org.springframework.aot.test.agent.RuntimeHintsRecorder;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.aot.AotTestContextInitializers;

/**
 * Checks {@link AheadOfTime} as it was processed, in a process that was started with {@code spring.aot.enabled}, and that each use
 * of reflection by Respite has a hint.
 */
final class ProcessedApplication {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private ProcessedApplication() {}

    /** A test of a user, which is processed as well. */
    @SpringBootTest(
            classes = AheadOfTime.class,
            properties = {"spring.config.name=ahead-of-time", "attempts=3", "payments=http://localhost"})
    static class UserTest {
        @Autowired
        @Qualifier("payments")
        private Retry payments;

        @Autowired
        private ConfigurableApplicationContext context;
    }

    @SuppressWarnings("removal") // its successor needs GraalVM
    public static void main(String[] arguments) throws ClassNotFoundException {
        RuntimeHintsInvocations invocations = RuntimeHintsRecorder.record(() -> {
            try {
                check();
            } catch (Exception failure) {
                throw new AssertionError(failure);
            }
        });
        assertThat(invocations).match(ownHints());
    }

    private static RuntimeHints ownHints() throws ClassNotFoundException {
        RuntimeHints hints = new RuntimeHints();
        ImportRuntimeHints own = Class.forName("dev.respite.spring.boot.RespiteAutoConfiguration")
                .getAnnotation(ImportRuntimeHints.class);
        for (Class<? extends RuntimeHintsRegistrar> registrar : own.value()) {
            BeanUtils.instantiateClass(registrar).registerHints(hints, ProcessedApplication.class.getClassLoader());
        }
        return hints;
    }

    private static void check() throws Exception {
        assertThat(AotDetector.useGeneratedArtifacts()).isTrue();
        List<String> keys = new CopyOnWriteArrayList<>();
        HttpServer server = payments(keys);
        String url = "http://localhost:" + server.getAddress().getPort();
        try (ConfigurableApplicationContext context = start("--payments=" + url)) {
            checkCalls(context, keys);
            checkRequests("http://localhost:" + context.getEnvironment().getProperty("local.server.port"));
            AheadOfTime.Payouts payouts = context.getBean(AheadOfTime.Payouts.class);
            assertThat(List.of(payouts.pay("book"), payouts.pay("book"))).containsOnly("payout 1 of book");
            AheadOfTime.Orders orders = context.getBean(AheadOfTime.Orders.class);
            orders.order("book");
            assertThat(orders.mailed().await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            server.stop(0);
        }
        assertThatThrownBy(() -> start("--payments=" + url, "--respite.policies.mail.max-attempts=2"))
                .hasRootCauseInstanceOf(SetupException.class)
                .rootCause()
                .hasMessageContaining("are [mail, payments, search], and were [payments, search] when");
        checkUserTest();
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        SpringApplication application = new SpringApplication(AheadOfTime.class);
        application.setMainApplicationClass(AheadOfTime.class);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--spring.config.name=ahead-of-time", "--attempts=4"));
        return application.run(all.toArray(String[]::new));
    }

    /** A server that rejects every other request. */
    private static HttpServer payments(List<String> keys) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/payments", exchange -> {
            keys.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
            exchange.sendResponseHeaders(keys.size() % 2 == 1 ? 503 : 204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static void checkCalls(ConfigurableApplicationContext context, List<String> keys) throws IOException {
        AheadOfTime.Receipts receipts = context.getBean(AheadOfTime.Receipts.class);
        assertThat(receipts.print()).isEqualTo("printed");
        assertThat(receipts.send("book")).isEqualTo("book later");
        assertThat(receipts.search()).isSameAs(context.getBean("searchRetry"));
        assertThat(context.getBean(Retries.class)
                        .get("payments")
                        .policy()
                        .limits()
                        .maxAttempts())
                .isEqualTo(4);
        context.getBean(AheadOfTime.Payments.class).pay();
        assertThat(keys).hasSize(2).doesNotContainNull();
        assertThat(keys.get(1)).isEqualTo(keys.get(0));
    }

    private static void checkRequests(String url) throws IOException, InterruptedException {
        HttpRequest order = HttpRequest.newBuilder(URI.create(url + "/orders"))
                .header("Idempotency-Key", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"")
                .POST(BodyPublishers.noBody())
                .build();
        for (boolean replayed : List.of(false, true)) {
            HttpResponse<String> response = CLIENT.send(order, BodyHandlers.ofString());
            assertThat(response.body()).isEqualTo("order 1");
            assertThat(response.headers().firstValue("Idempotent-Replayed").isPresent())
                    .isEqualTo(replayed);
        }
        HttpRequest policies = HttpRequest.newBuilder(URI.create(url + "/actuator/respite/search"))
                .build();
        assertThat(CLIENT.send(policies, BodyHandlers.ofString()).body()).contains("\"max-attempts\":\"2\"");
        checkDurableEndpoint(url + "/actuator/respitedurable");
    }

    private static void checkDurableEndpoint(String url) throws IOException, InterruptedException {
        HttpRequest list =
                HttpRequest.newBuilder(URI.create(url + "?state=RUNNING")).build();
        assertThat(CLIENT.send(list, BodyHandlers.ofString()).body()).contains("\"calls\":[]");
        HttpRequest run = HttpRequest.newBuilder(URI.create(url + "/mail/none"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"action\": \"run\"}"))
                .build();
        assertThat(CLIENT.send(run, BodyHandlers.ofString()).body()).contains("\"result\":\"ABSENT\"");
    }

    private static void checkUserTest() throws Exception {
        assertThat(new AotTestContextInitializers().isSupportedTestClass(UserTest.class))
                .isTrue();
        UserTest test = new UserTest();
        new TestContextManager(UserTest.class).prepareTestInstance(test);
        try (ConfigurableApplicationContext running = test.context) {
            assertThat(running.isRunning()).isTrue();
            assertThat(test.payments.policy().limits().maxAttempts()).isEqualTo(3);
        }
    }
}
