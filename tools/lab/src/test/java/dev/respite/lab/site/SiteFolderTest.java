package dev.respite.lab.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of the page's files is that of its folder, and they name no others. */
class SiteFolderTest {

    private static final Pattern REFERENCE = Pattern.compile(
            "(?:from|import|href=|src=|new URL\\()\\s*[\"'`](?:\\./)?([\\w.-]+\\.(?:json|js|css|svg|wasm))");

    @Test
    void names_areThoseOfTheFolder() throws Exception {
        assertThat(SiteFolder.names()).containsAll(written()).doesNotHaveDuplicates();
    }

    @Test
    void written_filesReferToFilesOfTheSite() throws Exception {
        List<String> references = written().stream()
                .filter(name -> !name.endsWith(".svg") && !name.endsWith(".png"))
                .flatMap(name -> REFERENCE
                        .matcher(text(name))
                        .results()
                        .map(MatchResult::group)
                        .map(SiteFolderTest::file))
                .toList();

        assertThat(references).contains("lab.js", "uPlot.min.js", "uPlot.min.css", "worker.js", "charts.js");
        assertThat(SiteFolder.names()).containsAll(references);
    }

    @Test
    void written_filesNameNoOtherSite() throws Exception {
        for (String name :
                written().stream().filter(each -> !each.endsWith(".png")).toList()) {
            assertThat(text(name).replace("http://www.w3.org/2000/svg", "").replace("https://bank.example/", ""))
                    .as(name)
                    .doesNotContain("http://", "https://", "//cdn");
        }
    }

    private static String file(String reference) {
        return reference.replaceAll("^.*[\"'`](\\./)?", "");
    }

    private static List<String> written() throws Exception {
        try (Stream<Path> files = Files.list(page())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static Path page() throws Exception {
        URL index = Objects.requireNonNull(SiteFolder.class.getResource("/dev/respite/lab/page/index.html"));
        return Path.of(index.toURI()).getParent();
    }

    private static String text(String name) {
        try {
            return Files.readString(page().resolve(name));
        } catch (Exception failed) {
            throw new AssertionError(name, failed);
        }
    }
}
