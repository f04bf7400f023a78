package dev.respite.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of a change, of diffs and of a repository. */
class ChangeTest {

    private static final Path RETRY = Path.of("core/src/main/java/dev/respite/Retry.java");
    private static final Path PAGE = Path.of("jdbc/src/main/java/dev/respite/jdbc/Page.java");

    private static final List<String> DIFF = List.of(
            "diff --git a/core/src/main/java/dev/respite/Retry.java b/core/src/main/java/dev/respite/Retry.java",
            "--- a/core/src/main/java/dev/respite/Retry.java",
            "+++ b/core/src/main/java/dev/respite/Retry.java",
            "@@ -10 +10,2 @@ final class Retry {",
            "-old",
            "+new",
            "+newer",
            "@@ -30,4 +31,0 @@ void removed() {",
            "-removed",
            "@@ -50,0 +48 @@ void added() {",
            "+@@ -1 +1,9 @@ text of a test",
            "diff --git a/jdbc/src/main/java/dev/respite/jdbc/Page.java b/jdbc/src/main/java/dev/respite/jdbc/Page.java",
            "--- /dev/null",
            "+++ b/jdbc/src/main/java/dev/respite/jdbc/Page.java",
            "@@ -0,0 +1,3 @@",
            "+first");

    @TempDir
    private Path folder;

    @Test
    void parse_namesAddedAndChangedLines() {
        Change change = Change.parse(DIFF);
        assertThat(change.lines()).containsOnlyKeys(RETRY, PAGE);
        assertThat(change.lines().get(RETRY)).containsExactly(10, 11, 48);
        assertThat(change.lines().get(PAGE)).containsExactly(1, 2, 3);
        assertThat(change.size()).isEqualTo(6);
    }

    @Test
    void where_keepsTheLinesOfTheCondition() {
        Change change = Change.parse(DIFF).where((file, line) -> file.equals(PAGE) ? line > 1 : line == 48);
        assertThat(change.lines().get(RETRY)).containsExactly(48);
        assertThat(change.lines().get(PAGE)).containsExactly(2, 3);
        assertThat(change.where((file, line) -> file.equals(PAGE)).lines()).containsOnlyKeys(PAGE);
    }

    @Test
    void sample_isAsLargeAsTheLimit_andTheSameForASeed() {
        Change change = Change.parse(DIFF);
        assertThat(change.sample(4, 7)).isEqualTo(change.sample(4, 7));
        assertThat(change.sample(4, 7).size()).isEqualTo(4);
        assertThat(change.sample(6, 7)).isEqualTo(change);
        assertThat(LongStream.range(0, 9)
                        .mapToObj(seed -> change.sample(1, seed))
                        .distinct())
                .hasSizeGreaterThan(1);
    }

    @Test
    void since_hasTheLinesOfTheWorkingTree() throws Exception {
        git("init", "-q");
        write("a/src/main/java/A.java", "one\ntwo\nthree\n");
        write("a/src/test/java/ATest.java", "one\n");
        git("add", ".");
        git("-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "-qm", "First");
        write("a/src/main/java/A.java", "one\nTWO\nthree\nfour\n");
        write("a/src/test/java/ATest.java", "two\n");
        write("a/src/main/kotlin/B.kt", "one\ntwo\n");
        write("a/src/main/resources/c.txt", "one\n");
        Change change = Change.since(folder, "HEAD");
        assertThat(change.lines()).hasSize(2);
        assertThat(change.lines().get(Path.of("a/src/main/java/A.java"))).containsExactly(2, 4);
        assertThat(change.lines().get(Path.of("a/src/main/kotlin/B.kt"))).containsExactly(1, 2);
    }

    @Test
    void since_anUnknownCommit_isRejectedWithItsName() throws Exception {
        git("init", "-q");
        assertThatThrownBy(() -> Change.since(folder, "nowhere"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nowhere")
                .hasMessageContaining("give a commit of this repository");
    }

    private void write(String file, String text) throws Exception {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), text);
    }

    private void git(String... arguments) throws Exception {
        Process git = new ProcessBuilder(
                        Stream.concat(Stream.of("git"), Stream.of(arguments)).toList())
                .directory(folder.toFile())
                .inheritIO()
                .start();
        assertThat(git.waitFor()).isZero();
    }
}
