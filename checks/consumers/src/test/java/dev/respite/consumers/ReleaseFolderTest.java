package dev.respite.consumers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseFolderTest {

    private static final String POM = """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
            <groupId>dev.respite</groupId><artifactId>%s</artifactId><version>1.0</version>
            <name>N</name><description>D</description><url>https://example.org</url>
            <licenses><license><name>L</name><url>U</url></license></licenses>
            <developers><developer><name>P</name><email>E</email></developer></developers>
            <scm><connection>C</connection><developerConnection>C</developerConnection><url>U</url></scm>
            <dependencies><dependency><groupId>dev.respite</groupId><artifactId>respite</artifactId><version>1.0</version>
            <scope>compile</scope></dependency></dependencies></project>
            """;

    @TempDir
    private Path folder;

    private Path bom;

    @BeforeEach
    void makeFolder(@TempDir Path beside) throws Exception {
        bom = Files.writeString(
                beside.resolve("bom.xml"),
                "<dependencyManagement><artifactId>respite</artifactId><artifactId>respite-cli</artifactId></dependencyManagement>");
        for (String artifact : List.of("respite", "respite-cli", "respite-bom")) {
            write(artifact + ".pom", POM.formatted(artifact).getBytes(UTF_8));
        }
        for (String artifact : List.of("respite", "respite-cli")) {
            write(artifact + "-cyclonedx.json", ("pkg:maven/dev.respite/" + artifact + "@1.0").getBytes(UTF_8));
            jar(artifact + ".jar", "META-INF/LICENSE", "META-INF/NOTICE", "module-info.class");
            jar(artifact + "-sources.jar", "META-INF/LICENSE", "META-INF/NOTICE");
        }
        jar("respite-javadoc.jar", "META-INF/LICENSE", "META-INF/NOTICE", "index.html");
        jar("respite-cli-javadoc.jar", "META-INF/LICENSE", "META-INF/NOTICE");
    }

    /** It becomes a part of a program of sed. */
    @ParameterizedTest
    @ValueSource(strings = {"1/e;touch made", "-1.0", "1.0/", "1 0", "1\n0", ""})
    void version_thatIsNone_isRejectedBeforeAnythingIsMade(String version) throws Exception {
        Path made = folder.resolve("made");
        Process script = new ProcessBuilder("sh", "../../bin/release", version, made.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(script.getInputStream().readAllBytes(), UTF_8);
        if (!version.startsWith("-")) {
            assertThat(printed).contains("letters, digits, dots and hyphens only");
            assertThat(script.waitFor()).isEqualTo(2);
        }
        assertThat(made).doesNotExist();
    }

    @Test
    void completeFolder_hasNoGap() throws Exception {
        assertThat(gaps()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "respite.jar, missing: %s",
        "respite-cli-javadoc.jar, missing: %s",
        "respite-cyclonedx.json, missing: %s",
        "respite-bom.pom, missing: %s",
        "respite.jar.sha1, missing or wrong: the checksum %s",
        "respite-sources.jar.asc, missing: the signature %s"
    })
    void missingFile_isAGap(String file, String gap) throws Exception {
        Files.delete(path(file));
        assertThat(gaps()).contains(gap.formatted(path(file)));
    }

    @ParameterizedTest
    @CsvSource({
        "<name>N</name>, '', has no <name>",
        "https://example.org, https://example.org/respite, an artifact's id was appended",
        "<license><name>L</name>, <license>, has no <licenses/license/name>",
        "<email>E</email>, '', has no <developers/developer/email>",
        "<name>, <repositories/><name>, has <repositories>",
        "1.0</version>, 1.0-SNAPSHOT</version>, has a SNAPSHOT",
        "<scope>compile, <scope>test, has the dependency respite without a version",
        "<dependencies>, <dependencies><dependency><groupId>dev.respite</groupId><artifactId>respite-parent</artifactId><version>1.0</version></dependency>, depends on respite-parent 1.0"
    })
    void changedPom_isAGap(String text, String changed, String gap) throws Exception {
        write(
                "respite.pom",
                POM.formatted("respite")
                        .replaceFirst(Pattern.quote(text), changed)
                        .getBytes(UTF_8));
        assertThat(gaps()).anyMatch(line -> line.contains(gap));
    }

    @ParameterizedTest
    @CsvSource({
        "respite.jar, META-INF/NOTICE, has no META-INF/LICENSE",
        "respite-sources.jar, META-INF/LICENSE, has no META-INF/NOTICE",
        "respite-javadoc.jar, META-INF/NOTICE, has no index.html",
        "respite-cli.jar, META-INF/LICENSE, has no module-info.class and no Automatic-Module-Name"
    })
    void jarWithOneEntry_isAGap(String file, String entry, String gap) throws Exception {
        jar(file, entry);
        assertThat(gaps()).contains(path(file) + " " + gap);
    }

    @Test
    void changedContent_unexpectedFileAndForeignSbom_areGaps() throws Exception {
        write("respite-cyclonedx.json", "pkg:maven/dev.respite/respite@0.9".getBytes(UTF_8));
        Files.writeString(path("respite.pom"), POM.formatted("respite") + "<!-- later -->");
        Path tests = Files.writeString(path("respite-tests.jar"), "");
        assertThat(gaps())
                .containsExactlyInAnyOrder(
                        path("respite-cyclonedx.json") + " is no SBOM of respite 1.0",
                        "missing or wrong: the checksum " + path("respite.pom.md5"),
                        "missing or wrong: the checksum " + path("respite.pom.sha1"),
                        "unexpected file: " + tests);
    }

    private List<String> gaps() throws Exception {
        return ReleaseFolder.gaps(bom, "1.0", folder, true);
    }

    private Path path(String file) {
        String artifact = file.replaceFirst("(-sources|-javadoc|-tests|-cyclonedx)?\\..*", "");
        return folder.resolve(
                "dev/respite/" + artifact + "/1.0/" + artifact + "-1.0" + file.substring(artifact.length()));
    }

    private void jar(String file, String... entries) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
            for (String entry : entries) {
                jar.putNextEntry(new ZipEntry(entry));
            }
        }
        write(file, bytes.toByteArray());
    }

    private void write(String file, byte[] bytes) throws Exception {
        Files.createDirectories(path(file).getParent());
        Files.write(path(file), bytes);
        for (String algorithm : List.of("MD5", "SHA-1")) {
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
            Files.writeString(path(file + "." + algorithm.replace("-", "").toLowerCase(Locale.ROOT)), hash);
        }
        Files.writeString(path(file + ".asc"), "-----BEGIN PGP SIGNATURE-----");
    }
}
