package dev.respite.stacks.idempotency;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** A running application, and a client of it. */
final class Shop {

    static final String KEY = "Idempotency-Key";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final ConfigurableApplicationContext application;
    private final int port;

    private Shop(ConfigurableApplicationContext application) {
        this.application = application;
        this.port = application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    static Shop open(Stack stack) {
        return new Shop(builder(stack).run());
    }

    static SpringApplicationBuilder builder(Stack stack) {
        String repositories = "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration";
        String hibernate = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration";
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.SERVLET)
                .properties(
                        "server.port=0",
                        "shop.container=" + stack.container(),
                        "shop.mode=" + stack.mode(),
                        "spring.autoconfigure.exclude="
                                + (stack.mode() == Stack.Mode.JPA ? repositories : repositories + ',' + hibernate),
                        "spring.datasource.url=jdbc:h2:mem:shop" + NAMES.incrementAndGet() + ";DB_CLOSE_DELAY=-1",
                        "spring.jpa.hibernate.ddl-auto=none",
                        "spring.sql.init.mode=always",
                        "spring.sql.init.schema-locations=classpath:db/respite/h2/V*.sql,classpath:shop.sql",
                        "spring.mvc.hiddenmethod.filter.enabled=true",
                        "spring.servlet.multipart.max-file-size=2KB",
                        "spring.main.banner-mode=off",
                        "logging.level.root=OFF");
    }

    <T> T bean(Class<T> type) {
        return application.getBean(type);
    }

    /** How often something was done. */
    int rows(String item) {
        Integer rows = bean(JdbcTemplate.class)
                .queryForObject("SELECT COUNT(*) FROM entry WHERE item = ?", Integer.class, item);
        return rows == null ? -1 : rows;
    }

    /** A key or an item that no other test has. */
    static String name(String prefix) {
        return prefix + "-" + NAMES.incrementAndGet();
    }

    /** A request by alice, who is logged in, with a key. */
    HttpRequest.Builder post(String path, String key, String type, String body) {
        return anonymous(path)
                .header("Authorization", basic("alice"))
                .header("Content-Type", type)
                .header(KEY, '"' + key + '"')
                .POST(BodyPublishers.ofString(body));
    }

    HttpRequest.Builder anonymous(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    }

    static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
    }

    /** Orders an item, without more. */
    HttpResponse<String> order(String path, String key, String item) throws Exception {
        return send(post(path, key, "text/plain", item));
    }

    HttpResponse<String> form(String path, String key, String form) throws Exception {
        return send(post(path, key, "application/x-www-form-urlencoded", form).header("Cookie", "XSRF-TOKEN=token"));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    static boolean isReplay(HttpResponse<?> response) {
        return response.headers().firstValue("Idempotent-Replayed").equals(Optional.of("true"));
    }
}
