package dev.respite.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.consumers.Consumer.Mode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/**
 * Each artifact of the bill of materials works with nothing but the dependencies that its own pom declares: a small program
 * compiles against them, every class loads, and the first documented snippet runs; on the class path, and as a named module.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsumersTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

    private final ExecutorService processes =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    private RedisServer redis;
    private String redisAddress;

    @BeforeAll
    void startRedis(@TempDir Path folder) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        redis = RedisServer.newRedisServer()
                .port(port)
                .setting("dir " + folder)
                .setting("appendonly yes")
                .setting("appendfsync always")
                .build();
        redis.start();
        redisAddress = "redis://127.0.0.1:" + port;
    }

    @AfterAll
    void stop() throws IOException {
        processes.shutdownNow();
        redis.stop();
    }

    @TestFactory
    Stream<DynamicTest> everyArtifact_aloneInEachMode_loadsItsClassesAndRunsItsSnippet() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Consumer consumer : Consumer.all().toList()) {
            Future<Path> classes = processes.submit(consumer::compile);
            for (Mode mode : Mode.values()) {
                String redisDatabase = redisAddress + "/" + mode.redisDatabase;
                Future<String> printed = processes.submit(() -> consumer.run(mode, classes.get(), redisDatabase));
                tests.add(DynamicTest.dynamicTest(
                        consumer.artifact() + " " + mode, () -> assertRuns(consumer, printed.get())));
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(28);
        return tests.stream();
    }

    private static void assertRuns(Consumer consumer, String printed) throws IOException {
        List<String> expected = Files.readAllLines(consumer.program()).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("/** Prints: "))
                .map(line -> line.substring("/** Prints: ".length(), line.length() - " */".length()))
                .toList();
        assertThat(expected).isNotEmpty();
        assertThat(printed).contains(" classes loaded").contains(expected);
    }

    /** A consumer runs the snippet of a document. */
    @TestFactory
    Stream<DynamicTest> everyProgram_ofALibrary_hasASnippetOfADocument() throws IOException {
        return Consumer.all()
                .filter(consumer -> !consumer.artifact().equals("respite-cli"))
                .map(consumer -> DynamicTest.dynamicTest(consumer.artifact(), () -> assertDocumented(consumer)));
    }

    private static void assertDocumented(Consumer consumer) throws IOException {
        List<String> lines = Files.readAllLines(consumer.program());
        int start = index(lines, "// snippet ");
        String document = lines.get(start).strip().substring("// snippet ".length());
        String snippet = squeezed(lines.subList(start + 1, index(lines, "// end")).stream());
        assertThat(snippet).isNotBlank();
        assertThat(squeezed(Files.readAllLines(ROOT.resolve(document)).stream()))
                .as(document)
                .contains(snippet);
    }

    private static int index(List<String> lines, String start) {
        int index = 0;
        while (!lines.get(index).strip().startsWith(start)) {
            index++;
        }
        return index;
    }

    /** Lines without indentation, the stars of Javadoc and imports. */
    private static String squeezed(Stream<String> lines) {
        return lines.map(line -> line.strip().replaceFirst("^\\* ?", "").strip())
                .filter(line -> !line.isEmpty() && !line.startsWith("import "))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void dependencies_haveTheVersionsThatTheBuildTests() throws IOException {
        assertThat(Consumer.RESOLVED.resolve("versions.txt")).hasContent("");
    }

    @Test
    void billOfMaterials_hasEveryPublishedModule() throws IOException {
        String bom = Files.readString(ROOT.resolve("bom/pom.xml"));
        // So it changes no version of another dependency: a consumer resolves the same without it.
        assertThat(bom.replaceFirst("(?s).*?<dependencyManagement>(.*?)</dependencyManagement>.*", "$1")
                        .replace("<groupId>dev.respite</groupId>", ""))
                .doesNotContain("<groupId>");
        List<String> published = new ArrayList<>();
        for (String line : Files.readAllLines(ROOT.resolve("pom.xml"))) {
            if (line.strip().startsWith("<module>")) {
                String module = line.strip().replaceAll("</?module>", "");
                String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"));
                if (!pom.contains("<maven.deploy.skip>true") && !module.equals("bom")) {
                    published.add(pom.replaceFirst("(?s).*?</parent>\\s*", "")
                            .replaceFirst("(?s).*?<artifactId>(.*?)</artifactId>.*", "$1"));
                }
            }
        }
        assertThat(published)
                .hasSizeGreaterThanOrEqualTo(14)
                .allSatisfy(artifact -> assertThat(bom).contains("<artifactId>" + artifact + "</artifactId>"));
        assertThat(published)
                .containsExactlyInAnyOrderElementsOf(
                        Consumer.all().map(Consumer::artifact).toList());
    }
}
