package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each example prints the output that its page shows, and has the versions of this build. */
class ExamplesTest {

    private static final Path EXAMPLES = Snippet.ROOT.resolve("examples");

    /** The examples that print the result of a test, with the class of the test. */
    private static final Map<String, String> TESTED = Map.of(
            "testing-with-virtual-time", "com.example.ConverterTest",
            "sdk", "com.example.payments.PaymentsClientTest");

    private static final Pattern MODULE = Pattern.compile("<module>(.+?)</module>");
    private static final Pattern VERSIONED =
            Pattern.compile("<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>");
    private static final Pattern MANAGED =
            Pattern.compile("<artifactId>([^<]+)</artifactId>\\s*<version>\\$\\{([^}]+)}</version>");

    @TestFactory
    Stream<DynamicTest> everyExample_printsWhatItsPageSays() throws IOException {
        return examples().stream()
                .map(example -> DynamicTest.dynamicTest(
                        example, () -> SnippetRunner.assertMatches(printed(example), expected(example))));
    }

    @TestFactory
    Stream<DynamicTest> everyPage_hasCommandsThatExist() throws IOException {
        return examples().stream()
                .map(example -> DynamicTest.dynamicTest(
                        example,
                        () -> assertThat(ConsoleSnippet.commands(block(example)))
                                .isNotEmpty()
                                .allSatisfy(ConsoleSnippet::assertExists)
                                .allSatisfy(command -> assertThat(command).contains("examples/" + example))));
    }

    @TestFactory
    Stream<DynamicTest> everyExample_hasTheVersionsOfThisBuild() throws IOException {
        return examples().stream()
                .map(example -> DynamicTest.dynamicTest(
                        example,
                        () -> assertThat(versions(pom("examples/" + example)))
                                .isNotEmpty()
                                .isSubsetOf(versionsOfThisBuild())));
    }

    @Test
    void index_hasEveryExample() throws IOException {
        String index = Files.readString(EXAMPLES.resolve("README.md"));
        assertThat(examples())
                .hasSizeGreaterThanOrEqualTo(5)
                .allSatisfy(example -> assertThat(index).contains("(" + example + "/README.md)"));
        assertThat(Snippet.in(EXAMPLES.resolve("README.md")))
                .allSatisfy(snippet ->
                        assertThat(ConsoleSnippet.commands(snippet)).allSatisfy(ConsoleSnippet::assertExists));
    }

    private static List<String> examples() throws IOException {
        return MODULE.matcher(pom("examples"))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** The only block of commands of a page, with the output below it. */
    private static Snippet block(String example) throws IOException {
        List<Snippet> blocks = Snippet.in(EXAMPLES.resolve(example).resolve("README.md"));
        assertThat(blocks).hasSize(1);
        assertThat(blocks.get(0).language()).isEqualTo("sh");
        return blocks.get(0);
    }

    private static String expected(String example) throws IOException {
        return block(example).output().orElseThrow().replace("[INFO] ", "");
    }

    private static String printed(String example) throws IOException, InterruptedException {
        return TESTED.containsKey(example) ? reported(example) : run(example);
    }

    /** The build has run this example's tests, on this JDK, before these. */
    private static String reported(String example) throws IOException {
        Path report = EXAMPLES.resolve(example).resolve("target/surefire-reports/" + TESTED.get(example) + ".txt");
        return Files.readString(report)
                .lines()
                .filter(line -> line.startsWith("Tests run:"))
                .findFirst()
                .orElseThrow();
    }

    /** Runs the example's jar in a process of its own; or its classes, where nothing is packaged. */
    private static String run(String example) throws IOException, InterruptedException {
        Path built = built(example);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        if (Files.isDirectory(built)) {
            String path = built + File.pathSeparator + System.getProperty("java.class.path");
            command.addAll(List.of("-cp", path, "com.example.Main"));
        } else {
            command.addAll(List.of("-jar", built.toString()));
        }
        Path output = Files.createTempFile("example", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as("ends").isTrue();
        assertThat(process.waitFor()).as("exit code").isZero();
        return Files.readString(output);
    }

    private static Path built(String example) {
        Path folder = EXAMPLES.resolve(example);
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> path.startsWith(folder))
                .findFirst()
                .orElseThrow();
    }

    private static String pom(String folder) throws IOException {
        return Files.readString(Snippet.ROOT.resolve(folder).resolve("pom.xml"));
    }

    /** Of dependencies and plugins, as {@code artifact:version}, without the example's own. */
    private static List<String> versions(String pom) {
        return VERSIONED
                .matcher(pom.substring(pom.indexOf("<dependencies>")))
                .results()
                .map(match -> match.group(1) + ":" + match.group(2))
                .toList();
    }

    private static List<String> versionsOfThisBuild() throws IOException {
        String root = pom("");
        List<String> versions = new ArrayList<>(versions(root));
        MANAGED.matcher(root).results().forEach(managed -> versions.add(managed.group(1) + ":" + value(root, managed)));
        // The version of JUnit's artifacts is that of its bill of materials.
        versions.add("junit-jupiter:" + value(root, "junit.version"));
        versions.add("spring-boot-dependencies:" + value(root, "spring-boot.version"));
        return versions;
    }

    private static String value(String root, MatchResult managed) {
        return value(root, managed.group(2));
    }

    /** Returns the value of a property, or its name if a command sets it. */
    private static String value(String root, String property) {
        String element = property.equals("project.version") ? "version" : property;
        Matcher value =
                Pattern.compile("<" + Pattern.quote(element) + ">(.*?)</").matcher(root);
        return value.find() ? value.group(1) : property;
    }
}
