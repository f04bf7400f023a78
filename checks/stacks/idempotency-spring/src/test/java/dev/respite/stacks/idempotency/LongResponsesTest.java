package dev.respite.stacks.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses of 300 MiB in a heap of 128 MiB. */
class LongResponsesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"transactional", "external", "asynchronous", "jdk"})
    void response_thatIsLongerThanTheHeap_isSentOnce(String mode) throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        LongResponses.class.getName(),
                        mode)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(Files.readAllLines(output)).endsWith("200 " + (300L << 20), "410");
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("respite-"));
        }
    }
}
