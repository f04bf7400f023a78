package dev.respite.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/failures.md} has the classes of the table, and no others. */
class FactTableDocumentTest {

    private static final Pattern CLASS = Pattern.compile("`([a-z0-9]+(?:\\.[a-z0-9_]+)*\\.[A-Z][A-Za-z0-9$]+)`");

    @Test
    void document_hasEachClassOfTheTableOnceAndNoOther() throws IOException {
        String text = Files.readString(Path.of("..", "docs", "failures.md"));
        int begin = text.indexOf("| library |");
        String table = text.substring(begin, text.indexOf("\n\n", begin));
        List<String> listed = CLASS.matcher(table)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();

        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(
                        FactTable.rows().stream().map(Row::type).toList());
    }
}
