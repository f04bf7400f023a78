package dev.respite.spring.boot.advice;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts Spring Boot services that call each other over real sockets. */
final class Services implements AutoCloseable {

    private final List<ConfigurableApplicationContext> started = new ArrayList<>();

    /** The client of the test, which retries nothing. */
    private final HttpClient client = HttpClient.newHttpClient();

    /** Starts a service whose group {@code below} calls a URI. */
    ConfigurableApplicationContext start(
            WebApplicationType type, URI below, Class<?> application, String... properties) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(application)
                .web(type)
                .bannerMode(Banner.Mode.OFF)
                .properties(
                        "server.port=0",
                        "respite.defaults.base-delay=1ms",
                        "respite.defaults.budget=off",
                        "respite.doctor=off",
                        "respite.http.groups.below.policy=below",
                        "spring.http.serviceclient.below.base-url=" + below)
                .properties(properties)
                .run();
        started.add(context);
        return context;
    }

    static URI uri(ConfigurableApplicationContext service, String path) {
        int port = Objects.requireNonNull(((WebServerApplicationContext) service).getWebServer())
                .getPort();
        return URI.create("http://localhost:" + port + path);
    }

    HttpResponse<String> get(ConfigurableApplicationContext service, String path)
            throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(service, path)).build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        started.forEach(ConfigurableApplicationContext::close);
    }
}
