package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Limits of what a reader has to take in at once; {@link GrowthTest} reports the size of the whole. */
class SizeTest {

    private static final int MAX_LINES = 400;
    private static final int MAX_FOLDERS_AT_THE_ROOT = 14;

    /** The files that may be longer than {@link #MAX_LINES}, with the reason. */
    private static final Map<String, String> LONG_FILES = Map.of(
            "AsyncCall.java", "one state machine: its order of steps is read as a whole",
            "Retry.java", "a facade: more than half of it is Javadoc of the entry points",
            "RetryingHttpClient.java", "a facade: it has every method of the JDK's client");

    @Test
    void fileOfAPublishedModule_isShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        int files = 0;
        for (SourceTree.Module module : SourceTree.published()) {
            for (Path file : module.mainFiles(".java", ".kt")) {
                files++;
                try (Stream<String> all = Files.lines(file)) {
                    long lines = all.count();
                    if (lines > MAX_LINES
                            && !LONG_FILES.containsKey(file.getFileName().toString())) {
                        tooLong.add(lines + " " + SourceTree.ROOT.relativize(file));
                    }
                }
            }
        }
        assertThat(files).isGreaterThan(500);
        assertThat(tooLong).isEmpty();
    }

    @Test
    void root_isOneScreen() throws IOException {
        try (Stream<Path> entries = Files.list(SourceTree.ROOT)) {
            assertThat(entries.filter(Files::isDirectory)
                            .map(folder -> folder.getFileName().toString())
                            .filter(name -> !name.startsWith(".") && !name.equals("target")))
                    .hasSizeLessThanOrEqualTo(MAX_FOLDERS_AT_THE_ROOT);
        }
    }
}
