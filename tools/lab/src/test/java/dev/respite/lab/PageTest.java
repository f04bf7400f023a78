package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respite.lab.site.Lab;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The page as {@code ./respite lab} serves it, in Chromium, with {@code -Pbrowser}. The checks are in page.mjs; Playwright and axe
 * come from npm.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {

    private static final List<String> LIBRARIES = List.of("playwright-core@1.65.1", "axe-core@4.14.1");
    private static final int MINUTES = 10;
    private static final int MAX_PICTURE_MILLIS = 1_000;
    private static final double MAX_SPAN_MILLIS = 17;
    private static final double MAX_SCRIPT_MILLIS = 4;
    private static final Path PICTURE =
            Path.of("..", "..", "docs", "images", "outage.svg").toAbsolutePath().normalize();
    private static final int INTERRUPTED = 130;

    private final Path scripts = Path.of("target", "page-test").toAbsolutePath();
    private Optional<Process> lab = Optional.empty();
    private Path home;
    private Path chromium;
    private String address;
    private double load;

    @BeforeAll
    void serve(@TempDir Path folder) throws Exception {
        assumeTrue(Boolean.getBoolean("respite.browser"), "the page is not tested: run with -Pbrowser");
        Optional<Path> browser = Programs.find("chromium", "chromium-browser", "google-chrome");
        assumeTrue(browser.isPresent(), "the page is not tested: no chromium on the PATH");
        chromium = browser.get();
        home = Files.createDirectory(folder.resolve("home"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Drespite.lab.site=" + home.resolve("site"),
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Lab.class.getName(),
                        "--no-open",
                        "--port",
                        "0")
                .redirectErrorStream(true)
                .start();
        lab = Optional.of(process);
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (line != null && !line.contains("the lab is at ")) {
            line = output.readLine();
        }
        assertThat(line).contains("http://127.0.0.1:");
        address = line.replaceAll(".*(http://\\S+).*", "$1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "axe",
                "keyboard",
                "table",
                "address",
                "policy",
                "course",
                "scorecard",
                "layers",
                "budget",
                "motion",
                "outage",
                "download",
                "pace",
                "numbers",
                "stillness",
                "scene",
                "picture",
                "layout",
                "coarse",
                "presets",
                "scales",
                "exports",
                "policyOfThePage",
                "javascript"
            })
    void check_ofThePage_holds(String check) throws Exception {
        Optional<Path> node = Programs.find("node", "node.exe");
        assumeTrue(node.isPresent() && install(), "the page is not tested: npm cannot install " + LIBRARIES);
        Path script = scripts.resolve("page.mjs");
        try (InputStream content = PageTest.class.getResourceAsStream("page.mjs")) {
            Files.copy(Objects.requireNonNull(content), script, StandardCopyOption.REPLACE_EXISTING);
        }

        assertThat(run(
                        "check-" + check,
                        node.orElseThrow().toString(),
                        script.toString(),
                        address,
                        chromium.toString(),
                        check,
                        PICTURE.toString()))
                .as(() -> log("check-" + check))
                .isZero();
    }

    @Test
    void picture_isDrawnWithinASecond(@TempDir Path folder) throws Exception {
        Json.Members report = measured(folder, "measure.js", "#server");
        double coarse = number(report, "coarse");
        List<Double> millis = numbers(report, "times");
        System.out.println("lab: the first run is drawn after " + coarse + " ms, the picture of a changed policy after "
                + millis + " ms");
        assertThat(millis).hasSize(4);
        assumeQuiet();
        assertThat(coarse).isLessThan(MAX_PICTURE_MILLIS);
        assertThat(millis.stream().sorted().toList().get(millis.size() / 2 - 1)).isLessThan(MAX_PICTURE_MILLIS);
    }

    /** The first step begins within a second, and moves evenly: as Chromium draws it without a debugger. */
    @Test
    void firstStep_beginsAtOnceAndMovesEvenly(@TempDir Path folder) throws Exception {
        Json.Members report = measured(folder, "measure-scene.js", "");
        double first = number(report, "firstMs");
        List<Double> spans = numbers(report, "spans");
        List<Double> scripts = numbers(report, "scripts");
        double even = share(spans, MAX_SPAN_MILLIS);
        double light = share(scripts, MAX_SCRIPT_MILLIS);
        System.out.printf(
                "lab: the first step begins after %.0f ms, a policy is replaced in %.0f ms; of %d frames %.1f %% within 17 ms, %.1f %%"
                        + " with less than 4 ms of script%n",
                first, number(report, "replacedMs"), spans.size(), 100 * even, 100 * light);
        assertThat(spans).hasSizeGreaterThan(100);
        assumeQuiet();
        assertThat(first).isLessThan(MAX_PICTURE_MILLIS);
        assertThat(even).isGreaterThan(0.95);
        assertThat(light).isGreaterThan(0.95);
    }

    private static double share(List<Double> millis, double limit) {
        return (double) millis.stream().filter(each -> each <= limit).count() / millis.size();
    }

    /** Loads the page with a script beside it, without a debugger, and returns what the script posts. */
    private Json.Members measured(Path folder, String name, String address) throws Exception {
        Path site = home.resolve("site");
        try (Stream<Path> files = Files.list(site)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        try (InputStream script = PageTest.class.getResourceAsStream(name)) {
            Files.copy(Objects.requireNonNull(script), folder.resolve(name));
        }
        Files.writeString(
                folder.resolve("measured.html"),
                Files.readString(site.resolve("index.html"))
                        .replace("</head>", "<script type=\"module\" src=\"" + name + "\"></script></head>"));
        load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        String report = new Chromium(chromium, folder, folder.resolve("profile")).report("measured.html" + address, "");
        return (Json.Members) JsonReader.read(report);
    }

    private void assumeQuiet() {
        assumeTrue(
                load <= Runtime.getRuntime().availableProcessors(),
                "the times say nothing: the load of the machine is " + load);
    }

    private static double number(Json.Members report, String name) {
        return Double.parseDouble(((Json.Scalar) report.get(name).orElseThrow()).text());
    }

    private static List<Double> numbers(Json.Members report, String name) {
        return ((Json.Elements) report.get(name).orElseThrow())
                .elements().stream()
                        .map(time -> Double.valueOf(((Json.Scalar) time).text()))
                        .toList();
    }

    /** Ctrl-C ends the server, and leaves the compiled page and nothing else. */
    @AfterAll
    void interrupt() throws Exception {
        if (lab.isEmpty()) {
            return;
        }
        Process process = lab.get();
        try {
            run("kill", "/bin/kill", "-INT", String.valueOf(process.pid()));
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isEqualTo(INTERRUPTED);
            try (Stream<Path> files = Files.list(home)) {
                assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactly("site");
            }
        } finally {
            process.destroyForcibly();
        }
    }

    /** Installs the libraries below target, once for each version of them. */
    private boolean install() throws Exception {
        Path installed = scripts.resolve(String.join("+", LIBRARIES));
        if (Files.exists(installed)) {
            return true;
        }
        Optional<Path> npm = Programs.find("npm", "npm.cmd");
        if (npm.isEmpty()) {
            return false;
        }
        Files.createDirectories(scripts);
        int code = run(
                "npm",
                npm.get().toString(),
                "install",
                "--no-save",
                "--no-package-lock",
                "--no-audit",
                "--no-fund",
                "--prefix",
                scripts.toString(),
                LIBRARIES.get(0),
                LIBRARIES.get(1));
        if (code == 0) {
            Files.createFile(installed);
        }
        return code == 0;
    }

    private int run(String name, String... command) throws Exception {
        Files.createDirectories(scripts);
        Process process = new ProcessBuilder(command)
                .directory(scripts.toFile())
                .redirectErrorStream(true)
                .redirectOutput(scripts.resolve(name + ".log").toFile())
                .start();
        try {
            assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as(name).isTrue();
            return process.exitValue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private String log(String name) {
        try {
            return Files.readString(scripts.resolve(name + ".log"));
        } catch (IOException unreadable) {
            return unreadable.getMessage();
        }
    }
}
