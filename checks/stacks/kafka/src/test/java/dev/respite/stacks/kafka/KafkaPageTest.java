package dev.respite.stacks.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each block of {@code docs/kafka.md} is in the example, which the other tests run. */
class KafkaPageTest {

    private static final Path ROOT = Path.of("../../..");
    private static final Pattern BLOCK = Pattern.compile("```(java|sql)\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyBlock_isInTheExample() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/kafka.md"));
        String example = unindented(source());
        List<String> blocks =
                BLOCK.matcher(page).results().map(match -> match.group(2)).toList();
        assertThat(blocks)
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(block -> assertThat(example).contains(unindented(block)));
    }

    private static String source() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("examples/kafka/src"))) {
            StringBuilder source = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                source.append(Files.readString(file));
            }
            return source.toString();
        }
    }

    private static String unindented(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
