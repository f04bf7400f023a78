package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The API documentation of all published modules builds without warnings, and each package names the type to start with. */
class JavadocTest {

    private static final Pattern NAME = Pattern.compile("(?m)^(?:open )?module ([\\w.]+)");
    private static final Pattern EXPORT = Pattern.compile("(?m)^ +exports ([\\w.]+);");
    private static final Pattern PROBLEM = Pattern.compile("(?:^|: )(?:warning|error)(?:: | - )");

    /** A record's compact constructor, whose parameters are described where the record is. */
    private static final Pattern COMPACT = Pattern.compile("\\s+public \\w+ \\{");

    private static final int MODULES = 14;

    /** A published module: the folder of its sources, its name, and the packages that it exports. */
    private record Module(Path sources, String name, List<String> packages) {

        static Module in(Path descriptor) {
            try {
                String text = Files.readString(descriptor);
                String name =
                        NAME.matcher(text).results().findFirst().orElseThrow().group(1);
                List<String> packages = EXPORT.matcher(text)
                        .results()
                        .map(export -> export.group(1))
                        .toList();
                return new Module(descriptor.getParent(), name, packages);
            } catch (IOException unreadable) {
                throw new AssertionError(unreadable);
            }
        }
    }

    @Test
    void documentation_ofAllModules_hasNoWarnings(@TempDir Path pages) throws IOException {
        List<Module> modules = modules();
        assertThat(modules).hasSizeGreaterThanOrEqualTo(MODULES);
        List<String> options = new ArrayList<>(List.of("-quiet", "-encoding", "UTF-8", "-Xdoclint:all"));
        options.addAll(List.of("-Xmaxwarns", "100000", "-d", pages.toString(), "-p", libraries()));
        modules.forEach(
                module -> options.addAll(List.of("--module-source-path", module.name() + "=" + module.sources())));
        options.addAll(List.of("--module", modules.stream().map(Module::name).collect(Collectors.joining(","))));
        StringWriter output = new StringWriter();
        PrintWriter printed = new PrintWriter(output);
        int status =
                ToolProvider.findFirst("javadoc").orElseThrow().run(printed, printed, options.toArray(new String[0]));
        assertThat(problems(output.toString().lines().toList())).isEmpty();
        assertThat(status).as("%s", output).isZero();
        assertThat(pages.resolve("dev.respite/dev/respite/Retry.html")).isRegularFile();
    }

    @TestFactory
    Stream<DynamicTest> everyPublishedPackage_namesTheTypeToStartWith() throws IOException {
        return modules().stream()
                .flatMap(module ->
                        module.packages().stream().map(name -> module.sources().resolve(name.replace('.', '/'))))
                .map(folder -> DynamicTest.dynamicTest(
                        folder.getFileName().toString(),
                        () -> assertThat(Files.readString(folder.resolve("package-info.java")))
                                .contains("Start with {@link")));
    }

    /** A later type or method has a tag of its own. Spring Boot's modules have no descriptor: theirs is the first package. */
    @Test
    void everyPublishedModule_statesItsFirstVersionOnce() throws IOException {
        for (SourceTree.Module module : SourceTree.published()) {
            List<Path> files = module.mainFiles("module-info.java", "package-info.java");
            assertThat(files.stream().min(Comparator.comparingInt(Path::getNameCount)).stream())
                    .as(module.artifact())
                    .hasSize(module.artifact().endsWith("-starter") ? 0 : 1)
                    .allSatisfy(file -> assertThat(file).content().containsOnlyOnce("@since 0.1\n"));
        }
    }

    private static List<Module> modules() throws IOException {
        return SourceTree.published().stream()
                .map(module -> module.folder().resolve("src/main/java/module-info.java"))
                .filter(Files::exists)
                .map(Module::in)
                .toList();
    }

    /** The jars of the class path of this test that are not ours. */
    private static String libraries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> !path.startsWith(Snippet.ROOT) && !Files.isDirectory(path))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> problems(List<String> lines) {
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (PROBLEM.matcher(line).find() && !isOfCompactConstructor(line, lines.subList(i + 1, lines.size()))) {
                problems.add(line);
            }
        }
        return problems;
    }

    /** Below a problem is the line of its source. */
    private static boolean isOfCompactConstructor(String problem, List<String> below) {
        return problem.contains("warning: no @param for ")
                && COMPACT.matcher(below.get(0)).matches();
    }
}
