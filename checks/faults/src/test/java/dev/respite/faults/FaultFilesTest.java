package dev.respite.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Every file of a fault fits the code, and belongs to a claim; every claim has a fault, or a reason. Nothing is compiled. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultFilesTest {

    private static final Pattern NAME = Pattern.compile("`([a-z0-9]+(?:-[a-z0-9]+)+)`");

    /** The faults of {@code docs/evidence/forty-faults.md}, which belong to no claim. */
    private static final String DRAWN = "drawn";

    private final Map<String, List<Path>> testSources = new HashMap<>();

    @TestFactory
    Stream<DynamicTest> fault_ofEachFile_fitsTheCodeAndItsTest() throws IOException {
        Path root = Faults.root();
        return Stream.concat(Fault.all(Faults.folder()).stream(), Fault.all(Faults.controls()).stream())
                .map(fault -> DynamicTest.dynamicTest(fault.name(), () -> {
                    assertThatCode(() -> fault.plantedIn(root)).doesNotThrowAnyException();
                    assertThat(testSource(root, fault.test()))
                            .as("the source of %s", fault.test())
                            .contains(fault.test().method());
                }));
    }

    private String testSource(Path root, Fault.TestName test) throws IOException {
        if (!testSources.containsKey(test.module())) {
            try (Stream<Path> files = Files.walk(root.resolve(test.module()).resolve("src/test"))) {
                testSources.put(test.module(), files.toList());
            }
        }
        Path source = testSources.get(test.module()).stream()
                .filter(file -> file.endsWith(test.type() + ".java") || file.endsWith(test.type() + ".kt"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no source of " + test));
        return Files.readString(source);
    }

    @Test
    void claims_areThoseOfTheFaultsAndTheFrame() throws IOException {
        Path page = Faults.root().resolve("docs/evidence/claims.md");
        Path made = Path.of("target", "claims.md");
        Files.createDirectories(made.getParent());
        Files.writeString(made, new ClaimsPage(Fault.all(Faults.folder())).fill(Path.of("src", "claims.frame")));
        assertThat(page)
                .as("the page of the claims; if the faults are right, copy checks/faults/%s over it", made)
                .hasSameTextualContentAs(made);
    }

    @Test
    void fault_withoutAClaim_isDrawn() throws IOException {
        assertThat(Fault.all(Faults.folder()))
                .allSatisfy(fault -> assertThat(fault.claim().isPresent())
                        .as(fault.name())
                        .isNotEqualTo(fault.folder().equals(DRAWN)))
                .extracting(Fault::name)
                .doesNotHaveDuplicates();
    }

    @Test
    void controlWithoutAChange_existsForEachKindOfFile() throws IOException {
        Set<String> faulty = endings(Fault.all(Faults.folder()));
        assertThat(faulty).contains("java", "kt", "imports", "md");
        assertThat(endings(Fault.all(Faults.controls().resolve("passed")))).containsAll(faulty);
    }

    private static Set<String> endings(List<Fault> faults) {
        return faults.stream()
                .map(fault -> fault.path().toString().replaceAll(".*\\.", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void file_thatIsShownToContributors_isOneOfThese() throws IOException {
        Path shown = Faults.folder().resolve("jdbc/commit-without-an-sqlstate-rolled-back" + Fault.ENDING);
        assertThat(Files.readString(Faults.root().resolve("CONTRIBUTING.md"))).contains(Files.readString(shown));
    }

    @Test
    void claim_withoutAFault_hasAReason() throws IOException {
        assertThat(claims())
                .hasSizeGreaterThan(200)
                .allSatisfy(claim ->
                        assertThat(lastCell(claim)).containsPattern(NAME.pattern() + "|--sabotage|– \\(.+\\)"));
    }

    /** The rows of the tables whose last column is for faults. */
    private static List<String> claims() throws IOException {
        List<String> rows = new ArrayList<>();
        boolean withFaults = false;
        for (String line : Files.readAllLines(Faults.root().resolve("docs/evidence/claims.md"))) {
            if (line.startsWith("| claim |")) {
                withFaults = line.contains("planted fault");
            } else if (withFaults && line.startsWith("| ")) {
                rows.add(line);
            }
        }
        return rows;
    }

    private static String lastCell(String row) {
        String cells = row.substring(0, row.lastIndexOf('|'));
        return cells.substring(cells.lastIndexOf('|') + 1).strip();
    }
}
