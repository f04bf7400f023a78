package dev.respite.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs tests of a copy, each time in a process of its own. */
final class Tests {

    private static final long MINUTES = 6;

    private Tests() {}

    /**
     * The end of a run.
     *
     * @param passed how many tests have passed
     * @param failed the tests of which an assertion has failed, with its message
     * @param unlinked the tests that met classes which do not fit each other, with the error
     * @param broken all that failed otherwise
     */
    record Result(int passed, List<String> failed, List<String> unlinked, List<String> broken) {}

    static Result run(Fault.TestName test, Copy copy) throws IOException, InterruptedException {
        Module module = copy.module(test.module());
        Path folder = Files.createTempDirectory("respite-fault");
        Path result = folder.resolve("result");
        Path output = folder.resolve("output");
        Files.write(folder.resolve("arguments"), arguments(test, module, copy, result));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + folder.resolve("arguments"))
                .directory(copy.folder(module).toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        // A process that a test has started may outlive it.
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        Result read = Files.exists(result)
                ? read(Files.readAllLines(result))
                : new Result(
                        0,
                        List.of(),
                        List.of(),
                        List.of(ended ? lastLines(output) : "not ended after " + MINUTES + " minutes"));
        Stream.of(folder.resolve("arguments"), result, output, folder)
                .map(Path::toFile)
                .forEach(File::delete);
        return read;
    }

    private static List<String> arguments(Fault.TestName test, Module module, Copy copy, Path result)
            throws IOException {
        List<String> arguments = new ArrayList<>(options(module, copy.folder(module)));
        arguments.add("-Djqwik.tries.default=1000");
        String path = Stream.concat(
                        module.classPath().stream().map(copy::copied),
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(Path::of))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        arguments.addAll(List.of("-cp", path, ForkedTests.class.getName()));
        arguments.addAll(List.of(result.toString(), className(test, copy.copied(module.tests())), test.method()));
        return arguments.stream()
                .map(each -> '"' + each.replace("\\", "\\\\") + '"')
                .toList();
    }

    /** Returns the options of the JVM for all tests of a module. */
    static List<String> options(Module module, Path folder) {
        List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-ea"));
        module.properties().forEach((name, value) -> options.add("-D" + name + "=" + value));
        options.add("-Dbasedir=" + folder);
        options.add("-Djqwik.database=target/jqwik-database");
        options.add("-Djunit.jupiter.execution.timeout.default=5m");
        return options;
    }

    private static String className(Fault.TestName test, Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            Path file = files.filter(each -> each.endsWith(test.type() + ".class"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no class of '" + test + "' in " + classes));
            String name = classes.relativize(file).toString();
            return name.substring(0, name.length() - ".class".length()).replace(File.separatorChar, '.');
        }
    }

    private static Result read(List<String> lines) {
        return new Result(
                starting(lines, ForkedTests.PASSED).size(),
                starting(lines, ForkedTests.FAILED),
                starting(lines, ForkedTests.UNLINKED),
                starting(lines, ForkedTests.BROKEN));
    }

    private static List<String> starting(List<String> lines, String end) {
        return lines.stream()
                .filter(line -> line.startsWith(end + " "))
                .map(line -> line.substring(end.length() + 1))
                .toList();
    }

    private static String lastLines(Path output) throws IOException {
        List<String> lines = Files.readAllLines(output);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }
}
