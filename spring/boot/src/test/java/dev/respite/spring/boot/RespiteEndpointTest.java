package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.spring.Retries;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** The endpoint over HTTP, in an application with a real server. */
class RespiteEndpointTest {

    private static final String YAML = """
            respite:
              policies:
                payments: { max-attempts: 2, base-delay: 1ms, budget: off }
            management.endpoints.web.exposure.include: respite
            """;

    @TempDir
    private Path folder;

    private static HttpResponse<String> get(ConfigurableApplicationContext context, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create(
                "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/actuator" + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void endpoint_showsPoliciesCountsAndTheCallsThatGaveUp() throws Exception {
        try (ConfigurableApplicationContext context =
                TestApplication.start(folder, YAML, Map.of(), WebApplicationType.SERVLET)) {
            Retry retry = context.getBean(Retries.class).get("payments");
            for (int i = 0; i < RecentGiveUps.MAX_CALLS + 5; i++) {
                assertThatThrownBy(() -> retry.run(() -> {
                            throw new ConnectException("password=secret");
                        }))
                        .isInstanceOf(ConnectException.class);
            }
            assertThat(get(context, "/respite").body()).contains("\"payments\":\"max-attempts=2 ");
            String details = get(context, "/respite/payments").body();
            assertThat(details)
                    .contains("\"max-attempts\":\"2\"")
                    .contains("\"attempts\":50")
                    .contains("\"attempts exhausted\":25")
                    .contains("short-delay")
                    .contains("\"failure\":\"java.net.ConnectException\"")
                    .contains("connect; gave up: attempts exhausted")
                    .doesNotContain("secret");
            assertThat(details.split("\"reason\"", -1)).hasSize(RecentGiveUps.MAX_CALLS + 1);
            assertThat(get(context, "/respite/unknown").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void endpoint_notExposed_isNotThere() throws Exception {
        String hidden = YAML.replace("include: respite", "include: health");
        try (ConfigurableApplicationContext context =
                TestApplication.start(folder, hidden, Map.of(), WebApplicationType.SERVLET)) {
            assertThat(get(context, "/respite").statusCode()).isEqualTo(404);
            assertThat(context.getBeansOfType(RecentGiveUps.class)).isEmpty();
        }
    }
}
