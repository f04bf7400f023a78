package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respite.lab.compiler.Compiler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine in JavaScript gives the same figures in Node as on the JVM. */
@Tag("slow")
class NodeTest {

    private static final int MINUTES = 20;

    @TempDir
    private Path folder;

    @Test
    void engineInNode_respondsAsOnTheJvm() throws Exception {
        Optional<Path> node = Programs.find("node", "node.exe");
        assumeTrue(node.isPresent(), "the engine in JavaScript is not tested: no node on the PATH");
        Compiler.compile(Compiler.Form.JAVASCRIPT, folder);
        Files.move(folder.resolve("engine.js"), folder.resolve("engine.mjs"));
        copy("node.mjs");
        List<String> requests = Stream.concat(EqualityCases.builtIn().stream(), EqualityCases.others().stream())
                .toList();
        Files.write(
                folder.resolve("requests"),
                requests.stream().map(NodeTest::line).toList());

        Path responses = folder.resolve("responses");
        Process process = new ProcessBuilder(node.get().toString(), "node.mjs")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(responses.toFile())
                .start();
        try {
            assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        List<String> lines = Files.readAllLines(responses);
        assertThat(lines).as("%s", lines).hasSameSizeAs(requests);
        for (int i = 0; i < requests.size(); i++) {
            EqualityCases.assertSame(
                    requests.get(i), Engine.respond(requests.get(i), (done, total) -> {}), lines.get(i));
        }
    }

    /** A request in one line: in JSON a line break between members is white space, and one in a text is escaped. */
    private static String line(String request) {
        return request.replace('\n', ' ');
    }

    private void copy(String name) throws IOException {
        try (InputStream script = NodeTest.class.getResourceAsStream(name)) {
            Files.copy(Objects.requireNonNull(script, name), folder.resolve(name));
        }
    }
}
