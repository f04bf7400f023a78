package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A package can be read in parts: few of its classes all depend on each other. */
class PackagesTest {

    private static final int MAX_KNOT = 5;

    private static final Pattern COMMENT_OR_TEXT = Pattern.compile(
            "(?s)/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'");

    private static final Pattern NAME = Pattern.compile("(?<![\\w.])[A-Z]\\w*");

    /** The compiler removes constants, and generics that nothing uses: a reader of the source meets them. */
    @Test
    void sourcesOfAPackage_formNoKnotOfMoreThanFive() throws IOException {
        int files = 0;
        for (List<Path> sources : packages().values()) {
            Map<String, Set<String>> uses = new HashMap<>();
            Set<String> names = sources.stream().map(PackagesTest::typeOf).collect(Collectors.toSet());
            for (Path source : sources) {
                Set<String> used = namesIn(Files.readString(source));
                used.retainAll(names);
                used.remove(typeOf(source));
                uses.put(typeOf(source), used);
                files++;
            }
            assertThat(knots(uses))
                    .as(sources.get(0).getParent().toString())
                    .allSatisfy(knot -> assertThat(knot).hasSizeLessThanOrEqualTo(MAX_KNOT));
        }
        assertThat(files).isGreaterThan(500);
    }

    @Test
    void names_areThoseOfTheCode() {
        assertThat(namesIn("/** A {@link B}. */ class C { D d = new E<F>(\"G\"); int h = I.J; } // K"))
                .containsExactlyInAnyOrder("C", "D", "E", "F", "I");
    }

    @Test
    void classesOfAPackage_formNoKnotOfMoreThanFive() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("_jmhT"))
                .importPackages("dev.respite");
        assertThat(classes.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()))
                .contains(
                        "dev.respite",
                        "dev.respite.sim.report",
                        "dev.respite.idempotency.redis",
                        "dev.respite.torture",
                        "dev.respite.benchmarks");
        Map<String, Set<String>> uses = new HashMap<>();
        for (JavaClass type : classes) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass from = topLevel(dependency.getOriginClass());
                JavaClass to = topLevel(dependency.getTargetClass());
                if (!from.equals(to) && from.getPackageName().equals(to.getPackageName())) {
                    uses.computeIfAbsent(from.getName(), name -> new HashSet<>())
                            .add(to.getName());
                }
            }
        }
        assertThat(uses).hasSizeGreaterThan(100);
        assertThat(knots(uses)).isNotEmpty().allSatisfy(knot -> assertThat(knot).hasSizeLessThanOrEqualTo(MAX_KNOT));
    }

    @Test
    void knots_areTheClassesThatReachEachOther() {
        Map<String, Set<String>> uses = Map.of(
                "a",
                Set.of("b"),
                "b",
                Set.of("c", "d"),
                "c",
                Set.of("a"),
                "d",
                Set.of("e"),
                "e",
                Set.of("d"),
                "f",
                Set.of("a"));
        assertThat(knots(uses)).containsExactlyInAnyOrder(Set.of("a", "b", "c"), Set.of("d", "e"));
    }

    /** The Java files of main code by folder. */
    private static Map<Path, List<Path>> packages() throws IOException {
        Map<Path, List<Path>> packages = new TreeMap<>();
        for (SourceTree.Module module : SourceTree.modules()) {
            for (Path file : module.mainFiles(".java")) {
                packages.computeIfAbsent(SourceTree.ROOT.relativize(file.getParent()), folder -> new ArrayList<>())
                        .add(file);
            }
        }
        return packages;
    }

    private static String typeOf(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static Set<String> namesIn(String source) {
        return NAME.matcher(COMMENT_OR_TEXT.matcher(source).replaceAll(" "))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static JavaClass topLevel(JavaClass type) {
        JavaClass outermost = type;
        while (outermost.getEnclosingClass().isPresent()) {
            outermost = outermost.getEnclosingClass().get();
        }
        return outermost;
    }

    /** The sets of at least two names each of which reaches all others of its set. */
    private static List<Set<String>> knots(Map<String, Set<String>> uses) {
        Map<String, Set<String>> reached = new HashMap<>();
        uses.keySet().forEach(name -> reached.put(name, reachedFrom(name, uses)));
        Set<String> done = new HashSet<>();
        List<Set<String>> knots = new ArrayList<>();
        for (String name : new TreeSet<>(uses.keySet())) {
            Set<String> knot = reached.get(name).stream()
                    .filter(other -> reached.getOrDefault(other, Set.of()).contains(name))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (knot.size() > 1 && done.addAll(knot)) {
                knots.add(knot);
            }
        }
        return knots;
    }

    private static Set<String> reachedFrom(String start, Map<String, Set<String>> uses) {
        Set<String> reached = new HashSet<>();
        Deque<String> next = new ArrayDeque<>(uses.getOrDefault(start, Set.of()));
        while (!next.isEmpty()) {
            String name = next.pop();
            if (reached.add(name)) {
                next.addAll(uses.getOrDefault(name, Set.of()));
            }
        }
        return reached;
    }
}
