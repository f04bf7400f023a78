package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The page's state, texts and exports, under Node; what it writes in YAML is read back here. */
class StateTest {

    private static final List<String> MODULES = List.of(
            "course.js", "state.js", "steps.js", "exports.js", "fields.js", "presets.js", "scorecard.js", "story.js");
    private static final Pattern TOKEN = Pattern.compile("\\S+");
    private static final Pattern RULE = Pattern.compile("on\\.(.+)\\.([a-z-]+)");
    private static final int POLICIES = 2_001;

    @TempDir
    private Path folder;

    @Test
    void statesAndExports_haveTheirProperties() throws Exception {
        Optional<Path> node = Programs.find("node", "node.exe");
        assumeTrue(node.isPresent(), "the state of the page is not tested: no node on the PATH");
        for (String module : MODULES) {
            copy("/dev/respite/lab/page/" + module, module);
        }
        copy("/dev/respite/lab/state.mjs", "state.mjs");
        Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");
        String seed = String.valueOf(Integer.getInteger("respite.seed", 20_260_727));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(node.orElseThrow().toString(), "state.mjs", seed)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        List<String> lines = Files.readAllLines(output);
        List<String> policies =
                lines.stream().filter(line -> line.startsWith("[")).toList();
        List<String> requests =
                lines.stream().filter(line -> line.startsWith("{")).toList();
        List<String> other = new ArrayList<>(lines);
        other.removeAll(policies);
        other.removeAll(requests);
        assertThat(other).as("seed " + seed).isEmpty();
        assertThat(process.exitValue()).isZero();
        assertThat(policies).hasSize(POLICIES);
        for (String line : policies) {
            assertReadsBack(line);
        }
        assertThat(requests).hasSizeGreaterThan(50);
        for (String request : requests) {
            assertThat(Engine.respond(request, (done, total) -> {}))
                    .as(request)
                    .matches("(?s)\\{\"(warnings|yaml|transfer)\":.*");
        }
    }

    /** The properties have the keys of the policy's text, each with its value, as a reader of YAML sees them. */
    private static void assertReadsBack(String line) {
        List<Json> pair = ((Json.Elements) JsonReader.read(line)).elements();
        String policy = ((Json.Scalar) pair.get(0)).text();
        String yaml = ((Json.Scalar) pair.get(1)).text();
        Map<String, Object> expected = new HashMap<>();
        Map<String, Map<String, Object>> errors = new HashMap<>();
        for (String token :
                TOKEN.matcher(policy).results().map(MatchResult::group).toList()) {
            String key = token.substring(0, token.indexOf('='));
            String value = token.substring(token.indexOf('=') + 1);
            Matcher rule = RULE.matcher(key);
            if (rule.matches()) {
                String name = rule.group(1).matches("\\w+") ? rule.group(1) : "[" + rule.group(1) + "]";
                errors.computeIfAbsent(name, any -> new HashMap<>()).put(rule.group(2), value);
            } else {
                expected.put(key, value);
            }
        }
        if (!errors.isEmpty()) {
            expected.put("errors", errors);
        }
        // Spring Boot reads YAML 1.1, in which these are no texts; the reader here reads 1.2.
        assertThat(yaml).doesNotContainPattern("(?m): (on|off|yes|no|true|false|null|~|0\\d+)$");
        Object read = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        assertThat(plain(read)).as(yaml).isEqualTo(Map.of("respite", Map.of("policies", Map.of("a", expected))));
    }

    /** Numbers as their shortest text: a number that is not written so has to be quoted. */
    private static Object plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new HashMap<>();
            map.forEach((key, each) -> plain.put((String) key, plain(each)));
            return plain;
        }
        assertThat(value).isInstanceOfAny(String.class, Integer.class, Double.class);
        return value instanceof Double number ? new BigDecimal(number.toString()).toString() : value.toString();
    }

    private void copy(String resource, String name) throws IOException {
        try (InputStream content = StateTest.class.getResourceAsStream(resource)) {
            Files.copy(Objects.requireNonNull(content, resource), folder.resolve(name));
        }
    }
}
