package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pictures of the documents that {@code ./respite simulate} draws are those that it draws now. */
class PicturesTest {

    @ParameterizedTest
    @CsvSource({
        "docs/errors-then-outage.yaml, goodput.svg, errors-then-outage.svg",
        "metastable, requests.svg, metastable.svg"
    })
    void picture_ofAScenario_isUpToDate(String scenario, String drawn, String picture, @TempDir Path folder)
            throws IOException, InterruptedException {
        String command = "./respite simulate " + scenario + " --out " + folder;
        String printed = ConsoleSnippet.print(command);
        assertThat(folder.resolve(drawn)).as(printed).exists();
        assertThat(Files.readString(folder.resolve(drawn)))
                .as("docs/images/%s; copy %s there from: %s", picture, drawn, command)
                .isEqualTo(Files.readString(Snippet.ROOT.resolve("docs/images").resolve(picture)));
    }
}
