package dev.respite.stacks.durable;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** A started application with a database of its own. */
final class TestServer implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final ConfigurableApplicationContext application;

    private TestServer(ConfigurableApplicationContext application) {
        this.application = application;
    }

    static TestServer start(Database database, List<String> properties, Class<?>... sources) {
        return start(WebApplicationType.NONE, database, properties, sources);
    }

    static TestServer start(WebApplicationType type, Database database, List<String> properties, Class<?>... sources) {
        List<String> all = new ArrayList<>(database.properties(true));
        all.addAll(List.of(
                "server.port=0",
                "spring.main.banner-mode=off",
                "respite.durable.poll-interval=20ms",
                "respite.policies.payments.max-attempts=5",
                "respite.policies.payments.base-delay=5ms",
                "respite.policies.payments.max-delay=10ms",
                "respite.policies.payments.budget=off"));
        all.addAll(properties);
        // A name that is given twice would be a list.
        Map<String, String> byName = new LinkedHashMap<>();
        all.forEach(property -> byName.put(property.split("=", 2)[0], "--" + property));
        return new TestServer(new SpringApplicationBuilder(sources)
                .web(type)
                .run(byName.values().toArray(String[]::new)));
    }

    <T> T bean(Class<T> type) {
        return application.getBean(type);
    }

    ConfigurableApplicationContext application() {
        return application;
    }

    int count(String table) {
        Integer count = bean(JdbcTemplate.class).queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
        return count == null ? -1 : count;
    }

    String get(String path) {
        return send("GET", path, "").body();
    }

    /** Sends a request, with a body of JSON. */
    HttpResponse<String> send(String method, String path, String json) {
        URI uri =
                URI.create("http://localhost:" + application.getEnvironment().getProperty("local.server.port") + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(json))
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    static void eventually(ThrowingRunnable check) {
        Awaitility.await().pollInterval(Duration.ofMillis(10)).untilAsserted(check);
    }

    @Override
    public void close() {
        application.close();
    }
}
