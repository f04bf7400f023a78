package dev.respite.spring.boot.test.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The blocks {@code java spring-boot} of {@code docs/testing.md} are code of {@link PaymentsTest}. */
class TestingPageTest {

    private static final Path PAGE = Path.of("../../docs/testing.md");
    private static final Path CODE = Path.of("src/test/java/dev/respite/spring/boot/test/shop/PaymentsTest.java");

    private static String plain(String code) {
        return code.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("//"))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void java_isCodeThatRuns() throws IOException {
        String code = plain(Files.readString(CODE));
        List<String> blocks = Pattern.compile("(?s)```java spring-boot\n(.*?)\n```")
                .matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).hasSize(1).allSatisfy(block -> assertThat(code).contains(plain(block)));
    }
}
