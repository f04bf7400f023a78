package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The pictures of the documents that {@code ./respite simulate} draws are those that it draws now. With {@code
 * -Drespite.pictures=write} they are replaced.
 */
class PicturesTest {

    private static final String LAYER = "max-attempts=4 base-delay=50ms retry-on=any budget=off nested=";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "docs/errors-then-outage.yaml | goodput.svg | errors-then-outage.svg",
                "metastable | requests.svg | metastable.svg",
            })
    void picture_ofAScenario_isUpToDate(String scenario, String drawn, String picture, @TempDir Path folder)
            throws IOException, InterruptedException {
        draw(scenario, folder);
        assertUpToDate(scenario, folder.resolve(drawn), picture);
    }

    /** The pictures of the course are there for phones too. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "thundering-herd --set outage=60s --only 'immediate,fixed,linear,exponential,exponential + jitter'"
                        + " | requests | course-strategies",
                "thundering-herd --only 'exponential,exponential + jitter' | requests | course-herd",
                "metastable --policy 'no budget=max-attempts=4 base-delay=50ms budget=off'"
                        + " --policy 'budget of 10%=max-attempts=4 base-delay=50ms budget=10%'"
                        + " --only 'none,no budget,budget of 10%' | requests | course-budget",
                "deep-stack --policy 'retried in each layer=" + LAYER + "retry' --policy 'retried in one layer=" + LAYER
                        + "suppress' --only 'none,retried in each layer,retried in one layer' | requests | course-layers",
            })
    void picture_ofTheCourse_isUpToDate(String scenario, String drawn, String picture, @TempDir Path folder)
            throws IOException, InterruptedException {
        draw(scenario, folder);
        assertUpToDate(scenario, folder.resolve(drawn + ".svg"), picture + ".svg");
        assertUpToDate(scenario, folder.resolve(drawn + "-narrow.svg"), picture + "-narrow.svg");
    }

    private static void draw(String scenario, Path folder) throws IOException, InterruptedException {
        String printed = ConsoleSnippet.print("./respite simulate " + scenario + " --out " + folder);
        assertThat(folder.resolve("report.html")).as(printed).exists();
    }

    private static void assertUpToDate(String scenario, Path drawn, String picture) throws IOException {
        Path kept = Snippet.ROOT.resolve("docs/images").resolve(picture);
        String now = Files.readString(drawn);
        if ("write".equals(System.getProperty("respite.pictures"))) {
            Files.writeString(kept, now);
        }
        assertThat(kept).as("write it by -Drespite.pictures=write").exists();
        assertThat(now)
                .as(
                        "docs/images/%s; draw it by -Drespite.pictures=write, or copy %s from: ./respite simulate %s --out DIR",
                        picture, drawn.getFileName(), scenario)
                .isEqualTo(Files.readString(kept));
    }
}
