package dev.respite.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pitest.mutationtest.config.PluginServices;
import org.pitest.mutationtest.config.ReportOptions;
import org.pitest.mutationtest.tooling.EntryPoint;
import org.pitest.testapi.TestGroupConfig;
import org.pitest.util.Verbosity;

/** Runs the mutants of changed lines by PIT. It reads the classes of the build, and changes no file. */
final class MutantRun {

    /** PIT's defaults, calls whose result is replaced by 0 or false, and fields that are not set. */
    private static final List<String> MUTATORS =
            List.of("DEFAULTS", "NON_VOID_METHOD_CALLS", "EXPERIMENTAL_MEMBER_VARIABLE");

    private static final Set<String> LOGGERS =
            Set.of("java.lang.System$Logger", "org.slf4j", "org.apache.commons.logging", "kotlin.jvm.internal");

    private MutantRun() {}

    /**
     * Runs the tests of a module against the mutants of lines of a module, which may be another one.
     *
     * @param change the lines, all of files of {@code owner}
     */
    static List<Mutant> run(Path root, Change change, Module owner, Module tests) throws IOException {
        Path report = Files.createTempDirectory("respite-mutants");
        try {
            ReportOptions options = options(root, change, owner, tests);
            options.setReportDir(report.toString());
            new EntryPoint()
                    .execute(
                            root.resolve(tests.path()).toFile(),
                            options,
                            PluginServices.makeForContextLoader(),
                            Map.of())
                    .getError()
                    .ifPresent(error -> {
                        throw new IllegalStateException("PIT failed with the tests of " + tests.path(), error);
                    });
            Path result = report.resolve("mutations.xml");
            return Files.exists(result) ? Mutant.read(result) : List.of();
        } finally {
            try (Stream<Path> files = Files.walk(report)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    private static ReportOptions options(Path root, Change change, Module owner, Module tests) throws IOException {
        ReportOptions options = new ReportOptions();
        Stream<String> own = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
        options.setClassPathElements(Stream.concat(tests.classPath().stream().map(Path::toString), own)
                .distinct()
                .toList());
        options.setIncludeLaunchClasspath(false);
        options.setCodePaths(List.of(owner.classes().toString()));
        options.setTargetClasses(types(root, change));
        Set<String> testTypes = testTypes(tests.tests());
        options.setTargetTests(List.of(testTypes::contains));
        options.setSourceDirs(List.of(root.resolve(owner.path()).resolve("src/main")));
        options.setMutators(MUTATORS);
        options.setMutationEngine("gregor");
        options.setDetectInlinedCode(true);
        options.setLoggingClasses(LOGGERS);
        options.setExcludedMethods(List.of("toString"));
        options.setGroupConfig(new TestGroupConfig().withExcludedGroups("slow"));
        options.setSkipFailingTests(true);
        options.setFailWhenNoMutations(false);
        options.setNumberOfThreads(1);
        options.setTimeoutConstant(10_000);
        options.setTimeoutFactor(2);
        options.setVerbosity(Verbosity.SILENT);
        options.setShouldCreateTimestampedReports(false);
        options.addOutputFormats(List.of("XML"));
        options.addChildJVMArgs(Tests.options(tests, root.resolve(tests.path())));
        // A property that holds in a hundred cases holds for a mutant too, or not. A test that waits in vain fails
        // before PIT ends it.
        options.addChildJVMArgs(List.of("-Djqwik.tries.default=100", "-Drespite.test.patience=6"));
        options.setFreeFormProperties(lines(change));
        return options;
    }

    private static Properties lines(Change change) {
        Properties lines = new Properties();
        change.lines()
                .forEach((file, numbers) -> lines.setProperty(
                        inSources(file), numbers.stream().map(String::valueOf).collect(Collectors.joining(" "))));
        return lines;
    }

    /** The path within {@code src/main/java} or {@code src/main/kotlin}. */
    private static String inSources(Path file) {
        return file.toString().replace(File.separatorChar, '/').replaceFirst("^.*?src/main/[^/]+/", "");
    }

    /** The classes of a file of Java. A file of Kotlin may have any of its package. */
    private static List<String> types(Path root, Change change) throws IOException {
        List<String> types = new ArrayList<>();
        for (Path file : change.lines().keySet()) {
            String name = file.getFileName().toString();
            String inPackage = Files.readAllLines(root.resolve(file)).stream()
                    .filter(line -> line.startsWith("package "))
                    .map(line -> line.replaceAll("^package\\s+|\\s*;.*$", "") + ".")
                    .findFirst()
                    .orElse("");
            if (name.endsWith(".java")) {
                String type = inPackage + name.substring(0, name.length() - ".java".length());
                types.addAll(List.of(type, type + "$*"));
            } else {
                types.add(inPackage + "*");
            }
        }
        return types;
    }

    private static Set<String> testTypes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(folder::relativize)
                    .map(Path::toString)
                    .filter(name -> name.endsWith(".class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace(File.separatorChar, '.'))
                    .collect(Collectors.toSet());
        }
    }
}
