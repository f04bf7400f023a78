package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the exports of each step and choice under Node: Java compiles, tests pass, and commands name existing settings. */
class ExportsTest {

    private static final List<String> MODULES = List.of(
            "course.js", "state.js", "steps.js", "exports.js", "fields.js", "presets.js", "scorecard.js", "story.js");
    private static final Pattern COMMAND = Pattern.compile("\\./respite simulate (\\S+)((?s).*)");
    private static final Pattern OPTION = Pattern.compile("--(set|policy) '([^'=]+)=([^']*)'");

    private static final String IMPORTS = """
            import dev.respite.*;
            import dev.respite.hedge.*;
            import dev.respite.http.*;
            import dev.respite.http.exchange.*;
            import dev.respite.policy.*;
            import dev.respite.resilience4j.*;
            import dev.respite.sim.*;
            import dev.respite.sim.scenario.*;
            import io.github.resilience4j.circuitbreaker.*;
            import java.net.URI;
            import java.net.http.HttpClient;
            import java.time.Duration;
            import java.util.Map;
            """;

    @TempDir
    private Path folder;

    @Test
    void java_ofEachStepAndChoice_compiles() throws Exception {
        List<Path> sources = sources(exports(), "(Java|Test)( of .*)?");

        assertThat(sources).hasSizeGreaterThan(40);
        assertThat(problems(sources)).isEmpty();
    }

    /** The limits of an exported test are those that its own policy keeps, also if it does not recover. */
    @Test
    @Tag("slow")
    void test_ofEachStep_passesForItsPolicy() throws Exception {
        Path node = prepare();
        List<String> responses = run(node, "requests").stream()
                .map(request -> Engine.respond(request, (done, total) -> {}))
                .toList();
        Files.write(folder.resolve("runs.json"), responses);
        Map<String, Map<String, String>> first = new LinkedHashMap<>();
        for (String line : run(node)) {
            first.putIfAbsent(step(line), texts(line));
        }
        List<Path> sources = sources(List.copyOf(first.values()), "Test( of .*)?");

        assertThat(sources).hasSize(8);
        assertThat(problems(sources)).isEmpty();
        try (URLClassLoader classes = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            for (Path source : sources) {
                Class<?> exported =
                        classes.loadClass(source.getFileName().toString().replace(".java", ""));
                assertThatCode(() -> exported.getMethod("run").invoke(null))
                        .as(Files.readString(source))
                        .doesNotThrowAnyException();
            }
        }
    }

    private List<Path> sources(List<Map<String, String>> all, String titles) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Map<String, String> exports : all) {
            for (Map.Entry<String, String> export : exports.entrySet()) {
                if (export.getKey().matches(titles)) {
                    String name = "Export" + sources.size();
                    sources.add(Files.writeString(
                            folder.resolve(name + ".java"),
                            IMPORTS + "public class " + name + " { public static void run() throws Exception {\n"
                                    + export.getValue() + "\n}}"));
                }
            }
        }
        return sources;
    }

    @Test
    void commandLine_ofEachStepAndChoice_namesAScenarioItsSettingsAndPolicies() throws Exception {
        int commands = 0;
        for (Map<String, String> exports : exports()) {
            for (String line : exports.entrySet().stream()
                    .filter(export -> export.getKey().startsWith("Command line"))
                    .map(Map.Entry::getValue)
                    .toList()) {
                commands++;
                assertNamesWhatThereIs(line);
            }
        }
        assertThat(commands).isGreaterThan(10);
    }

    private static void assertNamesWhatThereIs(String line) {
        Matcher command = COMMAND.matcher(line);
        assertThat(command.matches()).as(line).isTrue();
        Map<String, String> settings = new HashMap<>();
        String rest = command.group(2);
        Matcher options = OPTION.matcher(rest);
        while (options.find()) {
            if (options.group(1).equals("set")) {
                settings.put(options.group(2), options.group(3));
            } else {
                assertThat(RetryPolicy.parse(options.group(3))).isNotNull();
            }
        }
        assertThat(OPTION.matcher(rest).replaceAll("").replaceAll("[\\s\\\\]+", ""))
                .isEmpty();
        assertThat(BuiltIn.named(command.group(1)).scenario(settings)).isNotNull();
    }

    @Test
    void naivePolicy_isThatOfTheCommandLine() throws Exception {
        List<String> naive = texts(exports(), "Naive");

        assertThat(naive)
                .singleElement()
                .extracting(RetryPolicy::parse)
                .isEqualTo(BuiltIn.named("metastable").policies().get("naive"));
    }

    /** The exported file is read as the scenario that the scorecard has run. */
    @Test
    void situations_ofTheScorecard_areTheSameAsFiles() throws Exception {
        List<Map<String, String>> exports = exports();
        List<String> situations = texts(exports, "Situation");
        List<String> commands = texts(exports, "Command");

        assertThat(situations).hasSize(15);
        for (int i = 0; i < situations.size(); i++) {
            Scenario scenario = ScenarioFile.parse(situations.get(i));
            assertThat(ScenarioFile.parse(ScenarioFile.yaml(scenario))).isEqualTo(scenario);
            assertThat(commands.get(i))
                    .isEqualTo("./respite simulate " + scenario.name() + ".yaml"
                            + " \\\n    --policy 'A=max-attempts=5' \\\n    --policy 'B='");
        }
    }

    private static List<String> texts(List<Map<String, String>> exports, String title) {
        return exports.stream()
                .filter(texts -> texts.containsKey(title))
                .map(texts -> texts.get(title))
                .toList();
    }

    private List<Map<String, String>> exports() throws Exception {
        return run(prepare()).stream().map(ExportsTest::texts).toList();
    }

    /** Copies the scripts, and returns the program that runs them. */
    private Path prepare() throws IOException {
        Optional<Path> node = Programs.find("node", "node.exe");
        assumeTrue(node.isPresent(), "the exports of the page are not tested: no node on the PATH");
        for (String module : MODULES) {
            copy("page/" + module, module);
        }
        copy("exports.mjs", "exports.mjs");
        Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");
        return node.get();
    }

    private List<String> run(Path node, String... arguments) throws Exception {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of(node.toString(), "exports.mjs"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readAllLines(output);
    }

    private static String step(String line) {
        return ((Json.Scalar) ((Json.Elements) JsonReader.read(line)).elements().get(0)).text();
    }

    private static Map<String, String> texts(String line) {
        Map<String, String> texts = new HashMap<>();
        ((Json.Members) ((Json.Elements) JsonReader.read(line)).elements().get(1))
                .members()
                .forEach(fraction -> texts.put(fraction.name(), ((Json.Scalar) fraction.value()).text()));
        return texts;
    }

    private List<String> problems(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, null)) {
            compiler.getTask(
                            null,
                            files,
                            problems,
                            List.of(
                                    "-proc:none",
                                    "-d",
                                    folder.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == javax.tools.Diagnostic.Kind.ERROR)
                .map(Object::toString)
                .toList();
    }

    private void copy(String resource, String name) throws IOException {
        try (InputStream content = ExportsTest.class.getResourceAsStream(resource)) {
            Files.copy(Objects.requireNonNull(content, resource), folder.resolve(name));
        }
    }
}
