package dev.respite.stacks.idempotency.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.core.JdbcTemplate;

/** A running application with a database of its own in a file, and a client of it. */
final class TestServer implements AutoCloseable {

    static final String KEY = "Idempotency-Key";

    static final String TABLES =
            "spring.sql.init.schema-locations=classpath:db/respite/h2/V*.sql,classpath:entries.sql";

    private static final String HIBERNATE = "org.springframework.boot.hibernate.autoconfigure.";
    private static final String REPOSITORIES =
            "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final ConfigurableApplicationContext application;
    private final int port;

    private TestServer(ConfigurableApplicationContext application) {
        this.application = application;
        this.port = application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /** Starts an application, with Spring Security on its class path or without. */
    static TestServer start(Stack stack, List<String> properties, Class<?>... sources) {
        List<String> all = new ArrayList<>(List.of(
                "server.port=0",
                "spring.datasource.url=jdbc:h2:file:" + database(),
                "spring.datasource.hikari.maximum-pool-size=8",
                "spring.jpa.hibernate.ddl-auto=none",
                "spring.sql.init.mode=always",
                TABLES,
                "spring.flyway.enabled=false",
                "spring.main.banner-mode=off",
                "management.endpoints.web.exposure.include=health,metrics",
                "management.endpoint.health.show-details=always",
                "logging.level.root=OFF",
                "test.container=" + stack.container()));
        List<String> excluded = new ArrayList<>(List.of(REPOSITORIES));
        if (!stack.jpa()) {
            excluded.add(HIBERNATE + "HibernateJpaAutoConfiguration");
        }
        all.add("spring.autoconfigure.exclude=" + String.join(",", excluded));
        all.addAll(properties);
        SpringApplicationBuilder builder = new SpringApplicationBuilder(sources)
                .web(WebApplicationType.SERVLET)
                .properties(all.toArray(String[]::new));
        if (!stack.security()) {
            builder.resourceLoader(new DefaultResourceLoader(new FilteredClassLoader("org.springframework.security")));
        }
        return new TestServer(builder.run());
    }

    private static Path database() {
        try {
            return Files.createTempDirectory("respite-endpoints").resolve("application");
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    <T> T bean(Class<T> type) {
        return application.getBean(type);
    }

    ConfigurableApplicationContext application() {
        return application;
    }

    /** How often something was done. */
    int entries(String item) {
        return count("SELECT COUNT(*) FROM entry WHERE item = ?", item);
    }

    /** How many keys have been claimed. */
    int records() {
        return count("SELECT COUNT(*) FROM respite_idempotency");
    }

    private int count(String sql, Object... arguments) {
        Integer count = bean(JdbcTemplate.class).queryForObject(sql, Integer.class, arguments);
        return count == null ? -1 : count;
    }

    /** A key or an item that no other test has. */
    static String name(String prefix) {
        return prefix + "-" + NAMES.incrementAndGet();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    }

    /** A POST of a text by alice. */
    HttpRequest.Builder post(String path, String body) {
        return request(path)
                .header("Authorization", basic("alice"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(body));
    }

    HttpResponse<String> post(String path, String key, String body) {
        return send(post(path, body).header(KEY, key));
    }

    static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    static boolean isReplay(HttpResponse<?> response) {
        return response.headers().firstValue("Idempotent-Replayed").equals(Optional.of("true"));
    }

    @Override
    public void close() {
        application.close();
    }
}
