package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.scenario.ScenarioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every block of README and docs is true: Java compiles, runs and prints what stands below it; commands exist; YAML is a
 * scenario.
 */
class SnippetsTest {

    /**
     * Blocks of Kotlin and of Spring Boot are compiled and run where these are: {@code KotlinPageTest}, {@code TestingPageTest},
     * {@code MigratedMethodsTest}. Those of nginx configure it in {@code RefusalsBehindProxiesTest}.
     */
    private static final List<String> LANGUAGES = List.of(
            "java",
            "java spring-boot",
            "kotlin",
            "kotlin setup",
            "console",
            "sh",
            "text",
            "yaml",
            "yaml spring-boot",
            "nginx",
            "xml");

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> everySnippet() throws IOException {
        return Snippet.all().map(snippet -> DynamicTest.dynamicTest(snippet.name(), () -> check(snippet)));
    }

    @Test
    void pagesThatAreTestedElsewhere_existAndSoDoTheirTests() {
        Snippet.TESTED_ELSEWHERE.forEach((page, test) -> {
            assertThat(Snippet.ROOT.resolve("docs").resolve(page)).isRegularFile();
            assertThat(Snippet.ROOT.resolve(test)).content().contains(page);
        });
    }

    private void check(Snippet snippet) throws Exception {
        switch (snippet.language()) {
            case "java" -> SnippetRunner.run(snippet, Files.createTempDirectory(folder, "block"));
            case "yaml" -> ScenarioFile.parse(snippet.text());
            case "console" -> ConsoleSnippet.run(snippet);
            case "xml" -> assertPublished(snippet);
            // SecurityPageTest and PrivilegesTest run them.
            case "sql" -> assertThat(snippet.name()).contains("SECURITY.md");
            case "sh" -> ConsoleSnippet.commands(snippet).forEach(ConsoleSnippet::assertExists);
            default -> assertThat(snippet.language()).isIn(LANGUAGES);
        }
    }

    /** A dependency is one that the bill of materials has. */
    private static void assertPublished(Snippet snippet) throws IOException {
        String bom = Files.readString(Snippet.ROOT.resolve("bom/pom.xml"));
        assertThat(snippet.text().lines().map(String::strip).filter(line -> line.startsWith("<artifactId>")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(bom).contains(line));
    }
}
