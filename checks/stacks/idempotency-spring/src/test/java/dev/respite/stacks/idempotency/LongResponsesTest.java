package dev.respite.stacks.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses of 300 MiB in a heap of 128 MiB. */
class LongResponsesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"transactional", "external", "asynchronous", "jdk"})
    void response_thatIsLongerThanTheHeap_isSentOnce(String mode) throws Exception {
        assertThat(run(List.of(), mode)).containsExactly("200 " + (300L << 20), "410");
    }

    /** The system lets no file of the process be longer than 20 MiB. */
    @ParameterizedTest
    @CsvSource({"transactional, 500, 500", "external, 500, 409", "asynchronous, 500, 409", "jdk, closed, 409"})
    @DisabledOnOs(OS.WINDOWS)
    void response_thatDoesNotFitOnTheDisk_endsAsIfTheHandlerHadThrown(String mode, String first, String second)
            throws Exception {
        assertThat(run(List.of("sh", "-c", "ulimit -f 40960; exec \"$@\"", "sh"), mode))
                .containsExactly(first, second);
    }

    private List<String> run(List<String> launcher, String mode) throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                LongResponses.class.getName(),
                mode));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("respite-"));
        }
        return Files.readAllLines(output).stream()
                .filter(line -> line.matches("[0-9]{3}( [0-9]+)?|closed"))
                .toList();
    }
}
