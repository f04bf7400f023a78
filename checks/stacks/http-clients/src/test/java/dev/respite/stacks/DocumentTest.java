package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The indented examples of {@code docs/http-clients.md} are code of these tests, or of those with Spring Boot's connectors. */
class DocumentTest {

    private static final String INDENT = "    ";

    @Test
    void everyExample_ofThePage_isCodeOfATest() throws IOException {
        StringBuilder tests = new StringBuilder();
        for (String folder : List.of("src/test/java", "../connectors/src/test/java")) {
            try (Stream<Path> sources = Files.walk(Path.of(folder))) {
                for (Path source : sources.filter(file -> file.toString().endsWith(".java"))
                        .toList()) {
                    tests.append(withoutSpace(Files.readString(source)));
                }
            }
        }
        assertThat(examples())
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(example -> assertThat(tests).contains(example));
    }

    private static List<String> examples() throws IOException {
        List<String> examples = new ArrayList<>();
        StringBuilder example = new StringBuilder();
        boolean fenced = false;
        for (String line : Files.readAllLines(Path.of("../../../docs/http-clients.md"))) {
            fenced ^= line.startsWith("```");
            if (!fenced && line.startsWith(INDENT)) {
                example.append(line);
            } else if (example.length() > 0) {
                examples.add(withoutSpace(example.toString()));
                example.setLength(0);
            }
        }
        return examples;
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s", "");
    }
}
