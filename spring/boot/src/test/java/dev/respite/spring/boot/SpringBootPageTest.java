package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.ServerFault;
import dev.respite.spring.Retries;
import dev.respite.testsupport.ScannedGuide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The blocks of {@code docs/spring-boot.md}: Java is code of {@link SpringBootPage}, and YAML configures an application. */
class SpringBootPageTest {

    private static final Path PAGE = Path.of("../../docs/spring-boot.md");
    private static final Path CODE = Path.of("src/test/java/dev/respite/spring/boot/SpringBootPage.java");

    @TempDir
    private Path folder;

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("(?s)```" + language + "\n(.*?)\n```")
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    /** Without indentation and modifiers that only a nested class needs. */
    private static String plain(String code) {
        return code.lines()
                .map(line -> line.strip().replaceFirst("^static (?=class)", ""))
                .collect(Collectors.joining("\n"));
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
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(block -> assertThat(code).contains(plain(block)));
    }

    /** Bean names clash only in a package that is scanned. */
    @Test
    void java_inAScannedPackage_starts() throws Exception {
        String beans = """
                @Bean
                Mail mail() {
                    return receipt -> receipt;
                }

                @Bean
                RetryListener auditLog() {
                    return event -> {};
                }
                """;
        try (var guide = ScannedGuide.compile(PAGE, folder, beans);
                var context = TestApplication.start(folder, blocks("yaml").get(0), guide.application())) {
            assertThat(context.getBeanNamesForType(guide.type("Receipts"))).containsExactly("receipts");
        }
    }

    @Test
    void yaml_configuresTheApplicationOfThePage() throws IOException {
        List<String> yaml = blocks("yaml");
        assertThat(yaml).hasSize(2);
        try (FaultyServer server = FaultyServer.start(ServerFault.reset())) {
            String first = yaml.get(0)
                    .replace("https://pay.example.com", server.uri().toString().replaceAll("/$", ""));
            assertThat(first).contains(server.uri().getHost());
            try (ConfigurableApplicationContext context =
                    TestApplication.start(folder, first, SpringBootPage.Application.class)) {
                assertThat(context.getBean(SpringBootPage.Payments.class).pay("order"))
                        .isEqualTo("ok");
                assertThat(server.requests()).hasSize(2);
                SpringBootPage.Receipts receipts = context.getBean(SpringBootPage.Receipts.class);
                assertThat(receipts.send("a")).isEqualTo("a");
                assertThat(receipts.sendLater("b")).isEqualTo("b");
                assertThat(SpringBootPage.ATTEMPTS).hasValue(4);
            }
        }
    }

    @Test
    void yaml_ofTheProperties_makesItsPolicies() throws IOException {
        try (ConfigurableApplicationContext context =
                TestApplication.start(folder, blocks("yaml").get(1))) {
            Retries retries = context.getBean(Retries.class);
            assertThat(retries.names()).containsExactlyInAnyOrder("search", "orders");
            assertThat(retries.get("orders").policy().settings())
                    .containsEntry("clients", "40")
                    .containsEntry("on.sqlstate:40001.max-attempts", "6")
                    .containsEntry("on.java.net.ConnectException.base-delay", "50ms");
        }
    }
}
