package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.ScannedGuide;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The blocks of {@code docs/spring-boot-idempotency.md}: Java is code of {@link Guide}, and each YAML configures an application with
 * it.
 */
class GuideTest {

    private static final Path PAGE = Path.of("../../../docs/spring-boot-idempotency.md");
    private static final Path CODE = Path.of("src/test/java/dev/respite/stacks/idempotency/boot/Guide.java");

    private static final Stack SECURED = new Stack(Stack.Container.TOMCAT, false, true);

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("(?s)```" + language + "\n(.*?)\n```")
                .matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** Without indentation and modifiers that only a nested class needs. */
    private static String plain(String code) {
        return code.lines()
                .map(line -> line.strip().replaceFirst("^static (?=class)", ""))
                .collect(Collectors.joining("\n"));
    }

    private static List<String> properties(String yaml) {
        YamlPropertiesFactoryBean reader = new YamlPropertiesFactoryBean();
        reader.setResources(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
        List<String> properties = new ArrayList<>();
        reader.getObject().forEach((name, value) -> properties.add(name + "=" + value));
        return properties;
    }

    private static TestServer start(Stack stack, List<String> properties, Class<?>... sources) {
        TestServer server = TestServer.start(stack, properties, sources);
        server.bean(JdbcTemplate.class).execute("CREATE TABLE payment (recipient varchar(20), amount integer)");
        return server;
    }

    private static HttpResponse<String> json(TestServer server, String path, String body, Map<String, String> headers) {
        HttpRequest.Builder request = server.request(path)
                .header("Authorization", TestServer.basic(Members.ADMIN))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return send(request);
    }

    private static int payments(TestServer server) {
        return server.bean(JdbcTemplate.class).queryForObject("SELECT COUNT(*) FROM payment", Integer.class);
    }

    /** A reader pastes the block of imports above the others. */
    @Test
    void imports_ofThePage_areAllThatItsBlocksNeed() throws IOException {
        String shown = blocks("java setup").get(0);
        String code = String.join("\n", blocks("java"));
        List<String> needed = Files.readAllLines(CODE).stream()
                .filter(line -> line.startsWith("import "))
                .filter(line -> Pattern.compile(
                                "\\b" + line.substring(line.lastIndexOf('.') + 1, line.length() - 1) + "\\b")
                        .matcher(code)
                        .find())
                .toList();
        assertThat(needed).isNotEmpty().allSatisfy(line -> assertThat(shown).contains(line));
    }

    @Test
    void java_isCodeThatRuns() throws IOException {
        String code = plain(Files.readString(CODE));
        assertThat(blocks("java"))
                .hasSize(5)
                .allSatisfy(block -> assertThat(code).contains(plain(block)));
    }

    /** Bean names clash only in a package that is scanned. */
    @Test
    void java_inAScannedPackage_starts(@TempDir Path folder) throws Exception {
        try (var guide = ScannedGuide.compile(PAGE, folder, "");
                TestServer server = start(SECURED, List.of(), guide.application(), Members.class)) {
            assertThat(json(server, "/payments", "{\"to\":\"bob\",\"amount\":1}", Map.of(KEY, "k"))
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    @Test
    void responses_areThoseOfTheTable() {
        String payment = "{\"to\":\"bob\",\"amount\":100}";
        Map<String, String> key = Map.of(KEY, "8e03978e-40d5-43dd-bc93-6894a57f9324");
        try (TestServer server = start(SECURED, List.of(), Guide.class, Members.class)) {
            HttpResponse<String> first = json(server, "/payments", payment, key);
            assertThat(first.statusCode()).isEqualTo(201);
            assertThat(first.body()).isEqualTo("paid 100 to bob");
            HttpResponse<String> again = json(server, "/payments", payment, key);
            assertThat(isReplay(again)).isTrue();
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(json(server, "/payments", payment.replace("100", "200"), key)
                            .body())
                    .contains("key-reused");
            assertThat(json(server, "/payments", payment, Map.of()).body()).contains("key-missing");
            assertThat(payments(server)).isEqualTo(1);
        }
    }

    @Test
    void transfer_again_isPaidOnce() {
        try (TestServer server = start(SECURED, List.of(), Guide.class, Members.class)) {
            Guide.TransferService transfers = server.bean(Guide.TransferService.class);
            Guide.Payment payment = new Guide.Payment("bob", 100);
            assertThat(transfers.run("7", payment)).isEqualTo(payment);
            assertThat(transfers.run("7", payment)).isEqualTo(payment);
            assertThat(payments(server)).isEqualTo(1);
        }
    }

    @Test
    void yaml_ofTheProperties_startsAnApplicationWithSpringSecurity() throws IOException {
        List<String> yaml = blocks("yaml");
        assertThat(yaml).hasSize(2);
        try (TestServer server = start(SECURED, properties(yaml.get(1)), Guide.class, Members.class)) {
            String order = "{\"item\":\"tea\",\"quantity\":1,\"sentAt\":\"12:00\"}";
            Map<String, String> key = Map.of(KEY, "k");
            HttpResponse<String> first = json(server, "/orders", order, key);
            assertThat(first.body()).isEqualTo("order 1 of tea");
            assertThat(isReplay(json(server, "/orders", order.replace("12:00", "12:01"), key)))
                    .isTrue();
            assertThat(json(server, "/orders", order.replace("1,", "2,"), key).statusCode())
                    .isEqualTo(422);
            assertThat(json(server, "/orders", order, Map.of()).body()).isEqualTo("order 2 of tea");
        }
    }

    @Test
    void yaml_ofTheMigration_createsTheTables() throws IOException {
        List<String> properties = new ArrayList<>(properties(blocks("yaml").get(0)));
        properties.addAll(List.of("spring.flyway.enabled=true", "spring.sql.init.mode=never"));
        try (TestServer server = start(SECURED, properties, Guide.class, Members.class)) {
            assertThat(json(server, "/payments", "{\"to\":\"bob\",\"amount\":1}", Map.of(KEY, "k"))
                            .statusCode())
                    .isEqualTo(201);
        }
    }
}
