package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Limits of what a reader has to take in. They only go down. */
class SizeTest {

    private static final int MAX_LINES = 400;
    private static final int MAX_METHODS = 30;
    private static final int MAX_PUBLIC_TYPES = 316;
    private static final int MAX_PUBLIC_TYPES_FOR_OUR_MODULES = 40;
    private static final int MAX_PUBLIC_TYPES_OF_SIM = 50;
    private static final int MAX_FOLDERS_AT_THE_ROOT = 14;

    /** 55,000, {@code docs/admission.md} with its claims, and the claims about the settings of applications. */
    private static final int MAX_WORDS = 57_100;

    /**
     * 35,000, the 897 words of {@code docs/on-call.md}, a hundred for settings of keys, {@code docs/admission.md}, and 500 for the
     * settings of applications: pools, advice, transaction managers, proxies.
     */
    private static final int MAX_WORDS_FOR_USERS = 37_100;

    /** The files that may be longer than {@link #MAX_LINES}, with the reason. */
    private static final Map<String, String> LONG_FILES = Map.of(
            "AsyncCall.java", "one state machine: its order of steps is read as a whole",
            "Retry.java", "a facade: more than half of it is Javadoc of the entry points",
            "RetryingHttpClient.java", "a facade: it has every method of the JDK's client");

    /** The files with a limit of their own. */
    private static final Map<String, Integer> OWN_LIMITS = Map.of("RetryCall.java", 350);

    /** The classes that may have more than {@link #MAX_METHODS} methods: builders and facades of other APIs. */
    private static final Pattern WIDE_CLASSES =
            Pattern.compile(".*Builder|.*\\.(Retry|HttpRetry|RetryingHttpClient|RetryPolicyScope|BufferedResponse)");

    private static final Pattern QUALIFIED_EXPORT = Pattern.compile("exports\\s+([\\w.]+)\\s+to\\b");
    private static final Pattern TERM = Pattern.compile("\\S+");

    @Test
    void fileOfAPublishedModule_isShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (SourceTree.Module module : SourceTree.published()) {
            for (Path file : module.mainFiles(".java", ".kt")) {
                String name = file.getFileName().toString();
                long lines;
                try (Stream<String> all = Files.lines(file)) {
                    lines = all.count();
                }
                if (lines > OWN_LIMITS.getOrDefault(name, MAX_LINES) && !LONG_FILES.containsKey(name)) {
                    tooLong.add(lines + " " + SourceTree.ROOT.relativize(file));
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void class_hasAtMost30Methods() throws IOException {
        List<String> tooWide = new ArrayList<>();
        for (SourceTree.Module module : SourceTree.published()) {
            for (JavaClass type : typesOf(module)) {
                long methods = type.getMethods().stream()
                        .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .count();
                if (methods > MAX_METHODS
                        && !WIDE_CLASSES.matcher(type.getName()).matches()) {
                    tooWide.add(methods + " " + type.getName());
                }
            }
        }
        assertThat(tooWide).isEmpty();
    }

    @Test
    void publicTypes_areFew() throws IOException {
        Map<String, Integer> ofArtifact = new HashMap<>();
        int total = 0;
        int forOurModules = 0;
        for (SourceTree.Module module : SourceTree.published()) {
            Set<String> qualified = packagesForOurModules(module);
            for (JavaClass type : typesOf(module)) {
                if (isPublic(type)) {
                    total++;
                    ofArtifact.merge(module.artifact(), 1, Integer::sum);
                    if (qualified.contains(type.getPackageName())) {
                        forOurModules++;
                    }
                }
            }
        }
        assertThat(ofArtifact).as("published artifacts with classes").hasSizeGreaterThan(15);
        assertThat(total).as("public types: %s", ofArtifact).isLessThanOrEqualTo(MAX_PUBLIC_TYPES);
        assertThat(forOurModules)
                .as("public types in packages that are exported to our modules only")
                .isLessThanOrEqualTo(MAX_PUBLIC_TYPES_FOR_OUR_MODULES);
        assertThat(ofArtifact.get("respite-sim")).isLessThanOrEqualTo(MAX_PUBLIC_TYPES_OF_SIM);
    }

    @Test
    void root_isOneScreen() throws IOException {
        try (Stream<Path> entries = Files.list(SourceTree.ROOT)) {
            assertThat(entries.filter(Files::isDirectory)
                            .map(folder -> folder.getFileName().toString())
                            .filter(name -> !name.startsWith(".") && !name.equals("target")))
                    .hasSizeLessThanOrEqualTo(MAX_FOLDERS_AT_THE_ROOT);
        }
    }

    /** The words of {@code docs/} without the decisions in {@code docs/adr/}. Evidence is not for users. */
    @Test
    void documents_areShort() throws IOException {
        long all = 0;
        long evidence = 0;
        try (Stream<Path> files = Files.walk(SourceTree.ROOT.resolve("docs"))) {
            for (Path page :
                    files.filter(file -> file.toString().endsWith(".md")).toList()) {
                String folder = page.getParent().getFileName().toString();
                long words = TERM.matcher(Files.readString(page)).results().count();
                all += folder.equals("adr") ? 0 : words;
                evidence += folder.equals("evidence") ? words : 0;
            }
        }
        assertThat(evidence).as("words of docs/evidence").isPositive();
        assertThat(all).as("words of docs").isLessThanOrEqualTo(MAX_WORDS);
        assertThat(all - evidence).as("words for users").isLessThanOrEqualTo(MAX_WORDS_FOR_USERS);
    }

    private static Iterable<JavaClass> typesOf(SourceTree.Module module) {
        return Files.exists(module.classes()) ? new ClassFileImporter().importPath(module.classes()) : List.of();
    }

    /** A nested type of a package-private one is not public, whatever its own modifier is. */
    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && !type.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !type.getSimpleName().endsWith("-info")
                && type.getEnclosingClass().map(SizeTest::isPublic).orElse(true);
    }

    private static Set<String> packagesForOurModules(SourceTree.Module module) throws IOException {
        Set<String> packages = new HashSet<>();
        for (Path file : module.mainFiles("module-info.java")) {
            QUALIFIED_EXPORT
                    .matcher(Files.readString(file))
                    .results()
                    .map(match -> match.group(1))
                    .forEach(packages::add);
        }
        return packages;
    }
}
