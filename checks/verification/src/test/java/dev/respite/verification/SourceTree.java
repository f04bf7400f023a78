package dev.respite.verification;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The modules of the source tree, found by their POMs. */
final class SourceTree {

    /** The root of the source tree: the folder with the Maven wrapper. Tests run in the folder of their module. */
    static final Path ROOT = root();

    private static final Pattern ARTIFACT = Pattern.compile("(?s)(?:</parent>|<modelVersion>).*?<artifactId>([^<]+)<");
    private static final Pattern MANAGED = Pattern.compile("<artifactId>([^<]+)<");

    /** The folders in which no module is searched. */
    private static final Set<String> SKIPPED = Set.of("target", "src", "node_modules");

    private SourceTree() {}

    /**
     * A folder with a POM.
     *
     * @param folder the folder
     * @param artifact the artifact's id
     */
    record Module(Path folder, String artifact) {

        /** Returns the files of the main code with one of the endings, empty if the module has no main code. */
        List<Path> mainFiles(String... endings) throws IOException {
            Path sources = folder.resolve("src/main");
            if (Files.notExists(sources)) {
                return List.of();
            }
            try (Stream<Path> files = Files.walk(sources)) {
                return files.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                        .sorted()
                        .toList();
            }
        }

        /** Returns the folder of the compiled main code, made by the JDK that runs this test. */
        Path classes() {
            return folder.resolve(OWN_BUILD).resolve("classes");
        }
    }

    /** The build directory relative to the module: each JDK has its own. */
    private static final Path OWN_BUILD = ownBuild();

    /** Returns all modules, sorted by folder. */
    static List<Module> modules() throws IOException {
        List<Module> modules = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                String name = folder.getFileName().toString();
                if (SKIPPED.contains(name) || (name.startsWith(".") && !folder.equals(ROOT))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Path pom = folder.resolve("pom.xml");
                if (Files.exists(pom)) {
                    modules.add(new Module(folder, artifactOf(pom)));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        modules.sort((one, other) -> one.folder().compareTo(other.folder()));
        return modules;
    }

    /** Returns the modules whose artifacts are published: those that the BOM lists. */
    static List<Module> published() throws IOException {
        Set<String> listed = MANAGED.matcher(Files.readString(ROOT.resolve("bom/pom.xml")))
                .results()
                .map(MatchResult::group)
                .map(match -> match.replaceAll("<artifactId>|<", ""))
                .collect(Collectors.toSet());
        return modules().stream()
                .filter(module -> listed.contains(module.artifact()))
                .filter(module -> !module.artifact().equals("respite-bom"))
                .toList();
    }

    private static String artifactOf(Path pom) throws IOException {
        return ARTIFACT.matcher(Files.readString(pom))
                .results()
                .map(match -> match.group(1))
                .reduce((first, last) -> last)
                .orElseThrow(() -> new IOException("no artifact's id in " + pom));
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (Files.notExists(folder.resolve("mvnw"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static Path ownBuild() {
        try {
            Path testClasses = Path.of(SourceTree.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Path.of("").toAbsolutePath().relativize(testClasses.getParent());
        } catch (java.net.URISyntaxException wrong) {
            throw new IllegalStateException(wrong);
        }
    }
}
