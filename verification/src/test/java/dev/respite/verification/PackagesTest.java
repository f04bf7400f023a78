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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A package can be read as a whole: it is not too large, and few of its classes all depend on each other. */
class PackagesTest {

    private static final int MAX_FILES = 45;
    private static final int MAX_KNOT = 5;

    /** The modules with main code. */
    private static final List<String> MODULES = List.of(
            "core",
            "http-exchange",
            "http",
            "reactor",
            "micrometer",
            "opentelemetry",
            "resilience4j",
            "idempotency",
            "idempotency-jdbc",
            "idempotency-redis",
            "idempotency-servlet",
            "jdbc",
            "spring",
            "spring-boot",
            "testkit",
            "sim",
            "lab",
            "cli",
            "demo",
            "torture-test",
            "benchmarks");

    @Test
    void package_hasAtMost45Files() throws IOException {
        Map<String, Long> files = new TreeMap<>();
        for (String module : MODULES) {
            try (Stream<Path> sources = Files.walk(Snippet.ROOT.resolve(module).resolve("src/main/java"))) {
                sources.filter(file -> file.toString().endsWith(".java"))
                        .map(file -> Snippet.ROOT.relativize(file.getParent()).toString())
                        .forEach(folder -> files.merge(folder, 1L, Long::sum));
            }
        }
        assertThat(files).hasSizeGreaterThan(20);
        assertThat(files.entrySet())
                .allSatisfy(folder ->
                        assertThat(folder.getValue()).as(folder.getKey()).isLessThanOrEqualTo(MAX_FILES));
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
