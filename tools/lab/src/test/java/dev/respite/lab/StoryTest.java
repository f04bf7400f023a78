package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The story of the first step, under Node; the engine reads each scenario that it writes. */
class StoryTest {

    private static final List<String> MODULES =
            List.of("course.js", "state.js", "steps.js", "exports.js", "fields.js", "presets.js", "story.js");
    private static final int SCENARIOS = 501;

    @TempDir
    private Path folder;

    @Test
    void stories_haveTheirPropertiesAndSentences() throws Exception {
        Optional<Path> node = Programs.find("node", "node.exe");
        assumeTrue(node.isPresent(), "the story of the page is not tested: no node on the PATH");
        for (String module : MODULES) {
            copy("/dev/respite/lab/page/" + module, module);
        }
        copy("/dev/respite/lab/story.mjs", "story.mjs");
        Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");
        String seed = String.valueOf(Integer.getInteger("respite.seed", 20_261_201));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(node.orElseThrow().toString(), "story.mjs", seed)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        List<String> lines = Files.readAllLines(output);
        assertThat(process.exitValue())
                .as("seed %s: %s", seed, String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())))
                .isZero();
        assertThat(lines).hasSize(SCENARIOS + 1);
        assertThat(lines.get(SCENARIOS)).isEqualTo(EqualityCases.firstRun());
        assertThat(lines.subList(0, SCENARIOS))
                .allSatisfy(line -> assertThat(Engine.respond(line, (done, total) -> {}))
                        .as(line)
                        .startsWith("{\"yaml\":"));
    }

    private void copy(String resource, String name) throws IOException {
        try (InputStream content = StoryTest.class.getResourceAsStream(resource)) {
            Files.copy(Objects.requireNonNull(content, resource), folder.resolve(name));
        }
    }
}
