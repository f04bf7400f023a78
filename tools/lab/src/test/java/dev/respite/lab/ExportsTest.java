package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page exports, for each step and each of its choices, under Node: Java compiles, and commands name what there is. */
class ExportsTest {

    private static final List<String> MODULES =
            List.of("course.js", "state.js", "steps.js", "exports.js", "fields.js", "scorecard.js");
    private static final Pattern COMMAND = Pattern.compile("\\./respite simulate (\\S+)((?s).*)");
    private static final Pattern OPTION = Pattern.compile("--(set|policy) '([^'=]+)=([^']*)'");

    private static final String IMPORTS = """
            import dev.respite.*;
            import dev.respite.http.*;
            import dev.respite.http.exchange.*;
            import dev.respite.policy.*;
            import dev.respite.sim.*;
            import dev.respite.sim.scenario.*;
            import java.net.URI;
            import java.net.http.HttpClient;
            import java.time.Duration;
            import java.util.Map;
            """;

    @TempDir
    private Path folder;

    @Test
    void java_ofEachStepAndChoice_compiles() throws Exception {
        List<Map<String, String>> all = exports();

        List<Path> sources = new ArrayList<>();
        for (Map<String, String> exports : all) {
            for (Map.Entry<String, String> export : exports.entrySet()) {
                if (export.getKey().matches("(Java|Test)( of .*)?")) {
                    String name = "Export" + sources.size();
                    sources.add(Files.writeString(
                            folder.resolve(name + ".java"),
                            IMPORTS + "class " + name + " { void run() throws Exception {\n" + export.getValue()
                                    + "\n}}"));
                }
            }
        }

        assertThat(sources).hasSizeGreaterThan(40);
        assertThat(problems(sources)).isEmpty();
    }

    @Test
    void commandLine_ofEachStepAndChoice_namesAScenarioItsSettingsAndPolicies() throws Exception {
        int commands = 0;
        for (Map<String, String> exports : exports()) {
            if (!exports.containsKey("Command line")) {
                continue;
            }
            commands++;
            Matcher command = COMMAND.matcher(exports.get("Command line"));
            assertThat(command.matches()).as(exports.get("Command line")).isTrue();
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
        assertThat(commands).isGreaterThan(10);
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
        Optional<Path> node = Programs.find("node", "node.exe");
        assumeTrue(node.isPresent(), "the exports of the page are not tested: no node on the PATH");
        for (String module : MODULES) {
            copy("page/" + module, module);
        }
        copy("exports.mjs", "exports.mjs");
        Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(node.orElseThrow().toString(), "exports.mjs")
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
        List<Map<String, String>> exports = new ArrayList<>();
        for (String line : Files.readAllLines(output)) {
            Map<String, String> texts = new HashMap<>();
            ((Json.Members) ((Json.Elements) JsonReader.read(line)).elements().get(1))
                    .members()
                    .forEach(fraction -> texts.put(fraction.name(), ((Json.Scalar) fraction.value()).text()));
            exports.add(texts);
        }
        return exports;
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
