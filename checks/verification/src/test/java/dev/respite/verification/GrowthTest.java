package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** Prints what a change adds to the tree. These are no limits: limits of words and types formed files in place of the design. */
class GrowthTest {

    /** {@code -Drespite.base=} compares with another commit. The report stays in the build directory. */
    @Test
    void change_isReportedByKind() throws Exception {
        Set<String> published = SourceTree.published().stream()
                .map(module -> SourceTree.ROOT.relativize(module.folder()).toString())
                .collect(Collectors.toSet());
        String base = System.getProperty("respite.base", "HEAD^");
        Growth growth = Growth.since(SourceTree.ROOT, base, published);
        String report = "Size, and change since " + base + "\n" + growth;
        System.out.println(report);
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "growth.txt"), report + "\n");
        assertThat(published).hasSizeGreaterThan(15);
    }

    @Test
    void growth_isTheDifferenceToTheCommit(@TempDir Path root) throws Exception {
        write(root, "core/src/main/java/A.java", "public class A {}\n// The end of the file.\n");
        write(root, "core/src/main/java/B.java", "final class B {}\n");
        write(root, "docs/a.md", "Two words.\n");
        git(root, "init", "-q");
        git(root, "add", "-A");
        git(root, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "first");
        write(root, "core/src/main/java/A.java", "class A {}\n");
        Files.delete(root.resolve("core/src/main/java/B.java"));
        write(root, "core/src/test/java/C.java", "public class C {}\n\n");
        write(root, "tools/src/main/java/D.java", "public record D() {}\n");
        write(root, "docs/a.md", "Now three words.\n");
        git(root, "add", "-A");

        Growth growth = Growth.since(root, "HEAD", Set.of("core"));

        assertThat(growth.size(Measure.PUBLISHED)).isEqualTo(1);
        assertThat(growth.added(Measure.PUBLISHED)).isEqualTo(-2);
        assertThat(growth.added(Measure.OTHER)).isEqualTo(1);
        assertThat(growth.added(Measure.TESTS)).isEqualTo(2);
        assertThat(growth.added(Measure.PUBLIC_TYPES)).isEqualTo(-1);
        assertThat(growth.added(Measure.WORDS_FOR_USERS)).isEqualTo(1);
        assertThat(growth.added(Measure.GENITIVES)).isEqualTo(-1);
        assertThat(growth.size(Measure.WORDS_FOR_USERS)).isEqualTo(3);
        assertThat(growth.toString()).contains("lines of published code").contains("-2");
    }

    @Test
    void sentences_areCountedInCommentsAndDocuments() {
        String sentence = "word ".repeat(31) + ".";
        assertThat(Measure.LONG_SENTENCES.of("a.md", sentence + "\n\n" + sentence, Set.of()))
                .isEqualTo(2);
        assertThat(Measure.LONG_SENTENCES.of("A.java", "int " + sentence + "\n/** " + sentence + " */", Set.of()))
                .isEqualTo(1);
        assertThat(Measure.RELATIVE_CLAUSES.of("A.java", "// A, which b, whose c.", Set.of()))
                .isEqualTo(2);
        assertThat(Measure.DIALECT.of("a.md", "It says what is so.", Set.of())).isEqualTo(2);
    }

    private static void write(Path root, String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }

    private static void git(Path root, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        Process git;
        try {
            git = new ProcessBuilder(command).directory(root.toFile()).start();
        } catch (IOException notInstalled) {
            throw new TestAbortedException("git is not installed", notInstalled);
        }
        assertThat(git.waitFor()).isZero();
    }
}
