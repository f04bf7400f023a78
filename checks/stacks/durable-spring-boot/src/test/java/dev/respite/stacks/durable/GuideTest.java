package dev.respite.stacks.durable;

import static dev.respite.stacks.durable.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.ScannedGuide;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;

/**
 * The blocks of {@code docs/spring-boot-durable.md}: Java is code of {@link Guide}, and the YAML configures an application with it.
 */
class GuideTest {

    private static final Path PAGE = Path.of("../../../docs/spring-boot-durable.md");
    private static final Path CODE = Path.of("src/test/java/dev/respite/stacks/durable/Guide.java");

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
                .hasSize(2)
                .allSatisfy(block -> assertThat(code).contains(plain(block)));
    }

    /** Bean names clash only in a package that is scanned. */
    @Test
    void java_inAScannedPackage_starts(@TempDir Path folder) throws Exception {
        String provider = """
                @org.springframework.context.annotation.Bean
                PaymentProvider provider() {
                    return (order, key) -> {};
                }
                """;
        List<String> properties = properties(blocks("yaml").get(0));
        try (var guide = ScannedGuide.compile(PAGE, folder, provider);
                TestServer server = TestServer.start(Database.H2, properties, guide.application())) {
            assertThat(server.application().getBeanNamesForType(guide.type("Orders")))
                    .containsExactly("orders");
        }
    }

    @Test
    void yaml_configuresAnApplicationThatPaysOnce() throws IOException {
        List<String> yaml = blocks("yaml");
        assertThat(yaml).hasSize(2);
        List<String> properties = new ArrayList<>(properties(yaml.get(0)));
        properties.addAll(properties(yaml.get(1)));
        // A second of delay is too long for a test.
        properties.add("respite.policies.payments.base-delay=10ms");
        try (TestServer server = TestServer.start(Database.H2, properties, Guide.class)) {
            server.bean(Guide.Orders.class).order("tea");
            eventually(() -> assertThat(server.count("respite_task")).isZero());
            assertThat(server.count("orders")).isEqualTo(1);
            assertThat(server.count("booking")).isEqualTo(1);
            Guide.PaymentProvider provider = server.bean(Guide.PaymentProvider.class);
            assertThat(provider.payments).containsExactly("tea");
            assertThat(provider.requests).hasValue(3);
        }
    }
}
