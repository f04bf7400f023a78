package dev.respite.stacks.durable;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.agent.RuntimeHintsAgent;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.test.context.aot.TestContextAotGenerator;

/** Applications that Spring Boot has processed ahead of time, as {@code process-aot} and {@code process-test-aot} do. */
class AheadOfTimeTest {

    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    private Path folder;

    @Test
    void processedApplication_withAllFeatures_worksAsBefore() throws Exception {
        Path sources = folder.resolve("sources");
        Path classes = Files.createDirectories(folder.resolve("classes"));
        AbstractAotProcessor.Settings settings = AbstractAotProcessor.Settings.builder()
                .sourceOutput(sources)
                .resourceOutput(classes)
                .classOutput(classes)
                .groupId("shop")
                .artifactId("shop")
                .build();
        // The placeholders of policies have no values yet.
        new SpringApplicationAotProcessor(
                        AheadOfTime.class, settings, new String[] {"--spring.config.name=ahead-of-time"})
                .process();
        assertThat(classes.resolve("META-INF/native-image/shop/shop/reachability-metadata.json"))
                .content()
                .contains("\"dev.respite.FlightRecorder$CallEvent\"", "\"dev.respite.spring.boot.TimeLimit\"");
        new TestContextAotGenerator(new FileSystemGeneratedFiles(kind -> kind == Kind.SOURCE ? sources : classes))
                .processAheadOfTime(Stream.of(ProcessedApplication.UserTest.class));
        compile(sources, classes);
        Path output = folder.resolve("output");
        assertThat(run(classes, output)).as(() -> read(output)).isZero();
    }

    private static void compile(Path sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of(
                "-proc:none", "-nowarn", "-d", classes.toString(), "-cp", classes + File.pathSeparator + CLASS_PATH);
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> all = Files.walk(sources)) {
            List<Path> units = all.filter(Files::isRegularFile).toList();
            assertThat(compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(units))
                            .call())
                    .isTrue();
        }
    }

    @SuppressWarnings("removal") // its successor needs GraalVM
    private static int run(Path classes, Path output) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // Records the reflection of our classes.
                "-javaagent:" + jarOf(RuntimeHintsAgent.class) + "=+dev.respite,-dev.respite.stacks",
                "-Dspring.aot.enabled=true",
                "-cp",
                classes + File.pathSeparator + CLASS_PATH,
                ProcessedApplication.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            return process.waitFor(5, MINUTES) ? process.exitValue() : -1;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path jarOf(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException broken) {
            return broken.toString();
        }
    }
}
