package dev.respite.sim.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Comparison;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Scenario;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report as a real browser shows it, in both themes. */
class ReportInBrowserTest {

    @TempDir
    Path folder;

    @Test
    void report_isDrawnInBothThemes() throws Exception {
        Optional<Path> browser = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(place -> Path.of(place, "chromium"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(browser.isPresent(), "there is no chromium on the PATH, so the report is not looked at");
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        policies.put("none", RetryPolicy.parse("max-attempts=1"));
        policies.put("respite", RetryPolicy.defaults());
        Scenario scenario = BuiltIn.named("brownout").scenario();
        Report.of(scenario, Comparison.of(scenario, policies).run(() -> {}), "table")
                .write(folder);

        BufferedImage light = shot(browser.get(), "light", List.of("--blink-settings=preferredColorScheme=1"));
        BufferedImage dark =
                shot(browser.get(), "dark", List.of("--blink-settings=preferredColorScheme=0", "--force-dark-mode"));

        // The background and the outline of the areas, in the colors of each theme.
        assertThat(colors(light)).contains(0xffffff, 0x0063a6);
        assertThat(colors(dark)).contains(0x15181d, 0x62b8f0);
    }

    private BufferedImage shot(Path browser, String name, List<String> theme) throws IOException, InterruptedException {
        Path picture = folder.resolve(name + ".png");
        List<String> command = Stream.of(
                        Stream.of(
                                browser.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                        theme.stream(),
                        Stream.of(
                                "--user-data-dir=" + folder.resolve("profile"),
                                "--window-size=1000,2400",
                                "--screenshot=" + picture,
                                folder.resolve("report.html").toUri().toString()))
                .flatMap(tokens -> tokens)
                .toList();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("the browser ends").isTrue();
        return ImageIO.read(picture.toFile());
    }

    private static Set<Integer> colors(BufferedImage image) {
        Set<Integer> colors = new HashSet<>();
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                colors.add(image.getRGB(x, y) & 0xffffff);
            }
        }
        return colors;
    }
}
