package dev.respite.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script {@code respite}, in a source tree with a simulated Maven and a simulated Java. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

    private static final Path LAUNCHER = Path.of("..", "..", "respite");

    /** A build that succeeds, and takes long enough for its progress to be seen. */
    private static final String SUCCESS = """
            echo '[INFO] Building Respite simulator 0.1.0-SNAPSHOT                        [6/12]'
            sleep 1
            for program in demo lab; do
              mkdir -p tools/$program/target/quick/lib
              touch tools/$program/target/quick/respite-$program.jar tools/$program/target/quick/lib/other.jar
            done
            """;

    @TempDir
    private Path tree;

    private Path java;

    private record Run(int code, String out, String err) {}

    @BeforeEach
    void tree() throws IOException {
        Files.copy(LAUNCHER, tree.resolve("respite"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(tree.resolve("pom.xml"), "");
        Files.createDirectory(tree.resolve(".mvn"));
        for (String module : modules()) {
            Files.createDirectories(tree.resolve(module).resolve("src/main"));
            Files.writeString(tree.resolve(module).resolve("pom.xml"), "");
        }
        java = tree.resolve("jdk");
        program(java.resolve("bin/java"), "echo \"java $*\"");
    }

    /** The modules that the script watches for changes. */
    private static List<String> modules() throws IOException {
        return Files.readAllLines(LAUNCHER).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("modules='"))
                .flatMap(line ->
                        List.of(line.substring("modules='".length(), line.length() - 1)
                                        .split(" ", -1))
                                .stream())
                .distinct()
                .toList();
    }

    private static void program(Path file, String commands) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + commands);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Run run(String maven) throws IOException, InterruptedException {
        return run(maven, "explain", "a b");
    }

    private Run run(String maven, String... args) throws IOException, InterruptedException {
        program(tree.resolve("mvnw"), maven);
        List<String> command = new ArrayList<>(List.of(tree.resolve("respite").toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(tree.resolve("out").toFile())
                .redirectError(tree.resolve("err").toFile());
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().remove("CLASSPATH");
        int code = builder.start().waitFor();
        return new Run(code, read("out"), read("err"));
    }

    private String read(String file) throws IOException {
        return Files.readString(tree.resolve(file), StandardCharsets.UTF_8);
    }

    @Test
    void firstRun_printsProgressAndStartsProgram() throws Exception {
        Run run = run(SUCCESS);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("respite: building, once").contains("respite: [6/12] Respite simulator\n");
        assertThat(run.out()).contains("dev.respite.demo.Main explain a b");
    }

    @Test
    void secondRun_buildsNothing() throws Exception {
        run(SUCCESS);
        Run run = run("exit 1");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void lab_isAProgramOfItsOwn() throws Exception {
        Run run = run(SUCCESS, "lab", "--port", "8080");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("dev.respite.lab.site.Lab --port 8080").doesNotContain("Lab lab");
        assertThat(run("exit 1", "lab").err()).isEmpty();
        assertThat(run(SUCCESS).err()).contains("building, once");
        assertThat(run("exit 1").out()).contains("dev.respite.demo.Main explain a b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "curl: (6) Could not resolve host: repo.maven.apache.org | needs a connection to repo.maven.apache.org",
                "[ERROR] Could not transfer artifact a:b:1 from central | a mirror or proxy in ~/.m2/settings.xml",
                "[ERROR] /tree/core/target: Read-only file system | a folder cannot be written",
                "[ERROR] No space left on device | the disk is full",
                "[ERROR] Retry.java: cannot find symbol | The errors are above"
            })
    void buildThatFails_printsErrorAndRemedy(String error, String remedy) throws Exception {
        Run run = run("echo '[INFO] noise'; echo '" + error + "'; exit 1");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(error, remedy).doesNotContain("noise");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void folderThatCannotBeCreated_isNamedWithRemedy() throws Exception {
        Files.writeString(tree.resolve("target"), "a file");

        Run run = run(SUCCESS);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(tree.resolve("target/launcher") + " cannot be written", "copy the source tree")
                .doesNotContain("mkdir");
    }
}
