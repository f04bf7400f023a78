package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/evidence/rules.md} and the tests of the rules name each other. */
class RulesPageTest {

    private static final int RULES = 34;

    /** The rules on the world outside, threads and servers. The rules between have no tests with their numbers. */
    private static final List<Integer> LATER_RULES = List.of(35, 36, 39, 42, 43, 48, 50);

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\| .+ \\| (.+) \\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+)`");
    private static final Pattern NUMBERED = Pattern.compile("Rule(\\d\\d)[A-Z]\\w*Test");

    private final List<Row> rows = rows();
    private final SortedSet<String> testClasses = testClasses();

    private record Row(int number, List<String> tests) {}

    private static List<Row> rows() {
        try {
            return ROW.matcher(Files.readString(Snippet.ROOT.resolve("docs/evidence/rules.md")))
                    .results()
                    .map(row -> new Row(Integer.parseInt(row.group(1)), tests(row)))
                    .toList();
        } catch (IOException failed) {
            throw new AssertionError("the page cannot be read", failed);
        }
    }

    private static List<String> tests(MatchResult row) {
        return TEST.matcher(row.group(2)).results().map(test -> test.group(1)).toList();
    }

    /** The simple names of all test classes of all modules. */
    private static SortedSet<String> testClasses() {
        SortedSet<String> names = new TreeSet<>();
        try {
            Files.walkFileTree(Snippet.ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    String name = folder.getFileName().toString();
                    boolean source = folder.equals(Snippet.ROOT) || !(name.startsWith(".") || name.equals("target"));
                    return source ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    String name = file.getFileName().toString();
                    if (name.endsWith("Test.java") || name.endsWith("Test.kt")) {
                        names.add(name.substring(0, name.lastIndexOf('.')));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failed) {
            throw new AssertionError("the test classes cannot be listed", failed);
        }
        return names;
    }

    @Test
    void page_always_hasEachRuleOnceInOrder() {
        assertThat(rows)
                .extracting(Row::number)
                .isEqualTo(Stream.concat(IntStream.rangeClosed(1, RULES).boxed(), LATER_RULES.stream())
                        .toList());
    }

    @Test
    void page_everyRule_namesAtLeastOneTestAndAllOfThemExist() {
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.tests()).as("tests of rule %d", row.number()).isNotEmpty();
            assertThat(testClasses).containsAll(row.tests());
        });
    }

    @Test
    void page_everyTestThatHasANumber_isNamedAtThatRuleAndNoOther() {
        List<String> named = new ArrayList<>();
        for (Row row : rows) {
            for (String test : row.tests()) {
                Matcher numbered = NUMBERED.matcher(test);
                if (numbered.matches()) {
                    assertThat(Integer.parseInt(numbered.group(1))).as(test).isEqualTo(row.number());
                    named.add(test);
                }
            }
        }
        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(testClasses.stream()
                        .filter(test -> NUMBERED.matcher(test).matches())
                        .toList());
    }
}
