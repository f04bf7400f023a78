package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respite.lab.compiler.Compiler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine in Chromium, with {@code -Pbrowser}: the figures of the JVM, the size of the download and the time of runs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserTest {

    private static final int MAX_DOWNLOAD = 450_000;
    private static final double MAX_RESPITE_MILLIS = 500;
    private static final double MAX_NAIVE_MILLIS = 1_000;
    private static final int RUNS = 3;

    private Path engine;
    private Chromium chromium;

    @BeforeAll
    void compile(@TempDir Path folder) throws IOException {
        assumeTrue(Boolean.getBoolean("respite.browser"), "no browser is tested: run with -Pbrowser");
        Optional<Path> browser = Programs.find("chromium", "chromium-browser", "google-chrome");
        assumeTrue(browser.isPresent(), "no browser is tested: no chromium on the PATH");
        engine = folder.resolve("engine");
        Compiler.writeEngine(engine, step -> {});
        chromium = new Chromium(browser.get(), engine, folder.resolve("profile"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wasm", "js"})
    void engineInChromium_respondsAsOnTheJvm(String form) throws Exception {
        List<String> requests = Stream.of(EqualityCases.builtIn(), EqualityCases.others(), EqualityCases.lengthy())
                .flatMap(List::stream)
                .toList();

        Json.Members report = report(form, requests);

        List<String> responses = texts(report, "responses");
        assertThat(responses).hasSameSizeAs(requests);
        for (int i = 0; i < requests.size(); i++) {
            EqualityCases.assertSame(
                    requests.get(i), Engine.respond(requests.get(i), (done, total) -> {}), responses.get(i));
        }
        assertThat(Integer.parseInt(text(report, "progress"))).isPositive();
    }

    @Test
    void metastableOutage_takesLessThanHalfASecond() throws Exception {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        int processors = Runtime.getRuntime().availableProcessors();
        String respite = run(Map.of("respite", ""));
        String naive = run(Map.of(
                "naive",
                "max-attempts=4 backoff=fixed base-delay=50ms jitter=none budget=off nested=retry retry-after=ignore"));
        List<String> requests = Stream.of(Collections.nCopies(RUNS, respite), Collections.nCopies(RUNS, naive))
                .flatMap(List::stream)
                .toList();

        Json.Members report = report("wasm", requests);

        List<Double> millis =
                texts(report, "millis").stream().map(Double::valueOf).toList();
        System.out.println("lab: loaded in " + text(report, "loadMs") + " ms, metastable with respite and naive in "
                + millis + " ms");
        assumeTrue(load <= processors, "the times say nothing: the load of the machine is " + load);
        assertThat(Collections.min(millis.subList(0, RUNS))).isLessThan(MAX_RESPITE_MILLIS);
        assertThat(Collections.min(millis.subList(RUNS, 2 * RUNS))).isLessThan(MAX_NAIVE_MILLIS);
    }

    @Test
    void downloadOfABrowserWithWebAssembly_isLessThan450KilobytesCompressed() throws IOException {
        int bytes = compressed(Compiler.Form.WASM.file()) + compressed("worker.js");
        System.out.println(
                "lab: " + bytes + " bytes compressed, in JavaScript " + compressed(Compiler.Form.JAVASCRIPT.file()));
        assertThat(bytes).isLessThan(MAX_DOWNLOAD);
    }

    private int compressed(String file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream compressed = new GZIPOutputStream(bytes)) {
            Files.copy(engine.resolve(file), compressed);
        }
        return bytes.size();
    }

    private static String run(Map<String, String> policy) {
        return JsonWriter.object(request ->
                request.text("op", "run").text("builtIn", "metastable").texts("policies", policy));
    }

    private Json.Members report(String form, List<String> requests) throws Exception {
        String list = JsonWriter.object(object -> object.texts("requests", requests));
        String array = list.substring(list.indexOf('['), list.length() - 1);
        Json.Members report = (Json.Members) JsonReader.read(chromium.report("page.html?form=" + form, array));
        assertThat(text(report, "failure")).isEmpty();
        assertThat(text(report, "form")).isEqualTo(form);
        return report;
    }

    private static String text(Json.Members object, String name) {
        return ((Json.Scalar) object.get(name).orElseThrow()).text();
    }

    private static List<String> texts(Json.Members object, String name) {
        return ((Json.Elements) object.get(name).orElseThrow())
                .elements().stream()
                        .map(element -> ((Json.Scalar) element).text())
                        .toList();
    }
}
