package dev.respite.stacks.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Refused retries behind nginx and HAProxy with the settings of {@code docs/admission.md}: first attempts are served. */
@Tag("nginx")
class RefusalsBehindProxiesTest {

    private static final Pattern BLOCK = Pattern.compile("```nginx\n(.*?)```", Pattern.DOTALL);

    /** Each 503 counts as a failure of its server, which is left out after two. */
    private static final String COUNTS_503 = "proxy_next_upstream error timeout http_503;";

    private static final String NGINX = """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr warn;
            events {
            }
            http {
                access_log off;
                client_body_temp_path temp;
                proxy_temp_path temp;
                fastcgi_temp_path temp;
                uwsgi_temp_path temp;
                scgi_temp_path temp;
                proxy_cache_path cache keys_zone=shared:1m;
                upstream application {
                    server 127.0.0.1:SERVER max_fails=2 fail_timeout=1m;
                    server 127.0.0.1:SERVER max_fails=2 fail_timeout=1m;
                }
                server {
                    listen 127.0.0.1:PORT;
                    proxy_pass_request_headers on;
                    location / {
                        proxy_pass http://application;
                        SETTINGS
                    }
                }
            }
            """;

    private static final String HAPROXY = """
            defaults
                mode http
                timeout connect 5s
                timeout client 30s
                timeout server 30s
            cache shared
                total-max-size 4
                max-age 60
            frontend all
                bind 127.0.0.1:PORT
                default_backend application
            backend application
                SETTINGS
            """;

    private static final String CACHED_BY_HAPROXY = """
                http-request cache-use shared
                http-response cache-store shared
                server one 127.0.0.1:SERVER
            """;

    @TempDir
    private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private CongestedServer server;
    private Optional<Process> proxy = Optional.empty();
    private URI uri;

    @BeforeEach
    void start() throws Exception {
        server = new CongestedServer(client);
    }

    @AfterEach
    void stop() throws Exception {
        proxy.ifPresent(Process::destroy);
        if (proxy.isPresent()) {
            proxy.get().waitFor();
        }
        server.close();
    }

    private void start(String name, String template, String settings) throws IOException {
        Optional<Path> program = Programs.find(name);
        assumeThat(program)
                .as(name + " is not installed: install Debian's packages nginx-light and haproxy to run this test")
                .isPresent();
        int port = Programs.freePort();
        uri = URI.create("http://127.0.0.1:" + port + "/item");
        Path configuration = folder.resolve(name + ".conf");
        Files.writeString(
                configuration,
                template.replace("SETTINGS", settings)
                        .replace("PORT", Integer.toString(port))
                        .replace("SERVER", Integer.toString(server.port())));
        String path = program.orElseThrow().toString();
        List<String> command = name.equals("nginx")
                ? List.of(path, "-p", folder.toString(), "-c", configuration.toString())
                : List.of(path, "-db", "-f", configuration.toString());
        proxy = Optional.of(Programs.start(command, folder.resolve(name + ".log"), port));
    }

    /** The settings of the page that begin with a word. */
    private static String documented(String first) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(page()));
        assertThat(block.find()).isTrue();
        List<String> lines =
                block.group(1).lines().filter(line -> line.startsWith(first)).toList();
        assertThat(lines).isNotEmpty();
        return String.join("\n", lines);
    }

    private static Path page() {
        return Path.of("../../../docs/admission.md");
    }

    private List<Integer> send(int requests, String... headers) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (int request = 0; request < requests; request++) {
            HttpRequest.Builder builder = HttpRequest.newBuilder(uri);
            if (headers.length > 0) {
                builder.headers(headers);
            }
            statuses.add(client.send(builder.build(), BodyHandlers.discarding()).statusCode());
        }
        return statuses;
    }

    private void assertFirstAttemptsAreServed() throws Exception {
        assertThat(send(12)).containsOnly(200).hasSize(12);
    }

    @Test
    void refusal_behindACacheOfNginx_isNotGivenToFirstAttempts() throws Exception {
        start("nginx", NGINX, "proxy_cache shared; proxy_cache_valid any 1m;");
        assertThat(send(1, "Respite-Attempt", "2")).containsExactly(503);
        assertFirstAttemptsAreServed();
        // The cache works.
        assertThat(send(1, "Respite-Attempt", "2")).containsExactly(200);
    }

    @Test
    void refusal_behindACacheOfHaproxy_isNotGivenToFirstAttempts() throws Exception {
        start("haproxy", HAPROXY, CACHED_BY_HAPROXY);
        assertThat(send(1, "Respite-Attempt", "2")).containsExactly(503);
        assertFirstAttemptsAreServed();
        assertThat(send(1, "Respite-Attempt", "2")).containsExactly(200);
    }

    @Test
    void refusals_whoseStatusNginxCounts_endTheServiceForFirstAttempts() throws Exception {
        start("nginx", NGINX, COUNTS_503);
        send(8, "Respite-Attempt", "2");
        assertThat(send(12)).as("else the tests below prove nothing").contains(502);
    }

    @Test
    void refusals_withTheDocumentedFailures_areNoFailuresOfNginx() throws Exception {
        start("nginx", NGINX, documented("proxy_next_upstream"));
        assertThat(send(8, "Respite-Attempt", "2")).containsOnly(503);
        assertFirstAttemptsAreServed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Respite-Attempt: 2",
                "x-envoy-attempt-count: 2",
                "amz-sdk-request: attempt=2; max=3",
                "grpc-previous-rpc-attempts: 1",
                "x-stainless-retry-count: 1",
            })
    void forgedRetries_withTheDocumentedFields_areFirstAttemptsBehindNginx(String forged) throws Exception {
        start("nginx", NGINX, COUNTS_503 + "\n" + documented("proxy_set_header"));
        String[] field = forged.split(": ", 2);
        assertThat(send(8, field)).containsOnly(200);
        assertFirstAttemptsAreServed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"layer4", "layer7"})
    void refusals_withTheDocumentedObservation_areNoFailuresOfHaproxy(String layer) throws Exception {
        start(
                "haproxy",
                HAPROXY,
                "server one 127.0.0.1:SERVER check inter 1m error-limit 2 on-error mark-down observe " + layer);
        send(8, "Respite-Attempt", "2");
        if (layer.equals("layer4")) {
            assertThat(Files.readString(page())).contains("`observe layer4`");
            assertFirstAttemptsAreServed();
        } else {
            assertThat(send(12)).as("else the other case proves nothing").containsOnly(503);
        }
    }
}
