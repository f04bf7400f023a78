package dev.respite.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the README, pasted into a folder of their own: each runs with the artifact that it names and nothing else. */
class ReadmeTest {

    private static final Path README =
            Path.of("").toAbsolutePath().getParent().getParent().resolve("README.md");

    /** An artifact, a block of Java, and the block after it: the output, or the configuration. */
    private static final Pattern EXAMPLE = Pattern.compile(
            "`dev\\.respite:([a-z-]+)`[^`]*(?:`[^`\\n]+`[^`]*)?```java[^\\n]*\\n(.*?)```\\s+```(text|yaml)[^\\n]*\\n(.*?)```",
            Pattern.DOTALL);

    private static final Pattern PACKAGE = Pattern.compile("(?m)^package (\\w+);");
    private static final Pattern PROGRAM = Pattern.compile("public class (\\w+)");
    private static final Pattern VARIABLE = Pattern.compile("\\b\\d+ ?ms\\b");

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> everyExample_pastedIntoAFile_runsWithItsArtifact() throws IOException {
        List<MatchResult> examples =
                EXAMPLE.matcher(Files.readString(README)).results().toList();
        assertThat(examples)
                .extracting(example -> example.group(1))
                .containsExactly("respite", "respite-http", "respite-spring-boot-starter");
        return examples.stream()
                .map(example -> DynamicTest.dynamicTest(
                        example.group(1),
                        () -> assertRuns(example.group(1), example.group(2), example.group(3), example.group(4))));
    }

    private void assertRuns(String artifact, String java, String language, String block) throws Exception {
        Path project = Files.createDirectory(folder.resolve(artifact));
        Matcher program = PROGRAM.matcher(java);
        assertThat(program.find()).isTrue();
        Files.writeString(project.resolve(program.group(1) + ".java"), java);
        Files.writeString(project.resolve("application.yaml"), language.equals("yaml") ? block : "");
        String printed = run(artifact, project, program.group(1));
        if (language.equals("text")) {
            assertThat(anyTime(printed)).isEqualTo(anyTime(block));
        } else {
            assertThat(printed).contains("max-attempts=4").contains("ACME 101.25 in attempt 3");
        }
    }

    private static String anyTime(String text) {
        return VARIABLE.matcher(text).replaceAll("N ms").strip();
    }

    /** As a user starts a file without a build; Spring Boot logs the values of its policies. */
    private static String run(String artifact, Path project, String program) throws Exception {
        Consumer consumer = Consumer.all()
                .filter(each -> each.artifact().equals(artifact))
                .findFirst()
                .orElseThrow();
        String path = Stream.concat(Stream.of(project), consumer.path().stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        Path classes = Files.createDirectory(project.resolve("classes"));
        String file = project.resolve(program + ".java").toString();
        String bin = Path.of(System.getProperty("java.home"), "bin").toString();
        String compiled = output(project, bin + "/javac", "-parameters", "-d", classes.toString(), "-cp", path, file);
        assertThat(compiled).isEmpty();
        Matcher name = PACKAGE.matcher(Files.readString(Path.of(file)));
        String main = name.find() ? name.group(1) + "." + program : program;
        return output(project, bin + "/java", "-Dlogging.level.dev.respite=DEBUG", "-cp", classes + File.pathSeparator + path, main);
    }

    private static String output(Path project, String... command) throws Exception {
        Path output = Files.createTempFile(project, "output", ".txt");
        Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }
}
