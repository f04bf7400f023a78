package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of {@code docs/migrating.md} name no method and no key that its compiled blocks do not use. */
class MigratingPageTest {

    private static final Path PAGE = Snippet.ROOT.resolve("docs/migrating.md");

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern METHOD = Pattern.compile("\\w+\\(");
    private static final Pattern KEY = Pattern.compile("[a-z-]+=[^ …]*");
    private static final Pattern PROPERTY = Pattern.compile("^[a-z]+(?:-[a-z]+)+$");

    @Test
    void tables_nameOnly_whatTheBlocksUse() throws IOException {
        String blocks = Snippet.in(PAGE).stream()
                .filter(snippet -> snippet.language().matches("(java|yaml).*"))
                .map(Snippet::text)
                .collect(Collectors.joining("\n"));
        List<String> named = Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.startsWith("## Resilience4j"))
                .filter(line -> line.startsWith("| "))
                .flatMap(MigratingPageTest::names)
                .distinct()
                .toList();
        assertThat(named)
                .hasSizeGreaterThan(60)
                .allSatisfy(name -> assertThat(blocks).contains(name));
    }

    private static Stream<String> names(String row) {
        return CODE.matcher(row)
                .results()
                .map(code -> code.group(1))
                .flatMap(code -> Stream.of(METHOD, KEY, PROPERTY)
                        .flatMap(pattern -> pattern.matcher(code).results())
                        .map(name -> name.group()));
    }
}
