package dev.respite.consumers;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/**
 * A user of one published artifact: a program and a module descriptor, compiled against the artifact and its dependencies.
 *
 * @param artifact the artifact
 * @param path its jar, or its folder of classes where nothing is packaged; then those of its dependencies
 */
record Consumer(String artifact, List<Path> path) {

    /** Where the build has written the path of each artifact. */
    static final Path RESOLVED = Path.of(System.getProperty("consumers"));

    private static final Path SOURCES = Path.of("src", "consumers");

    /** The build makes many small processes: none needs its second compiler or many threads. */
    private static final List<String> SMALL =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m");

    /** A way to start the program. Both modes run at once and claim the same key, so each uses its own database of Redis. */
    enum Mode {
        CLASS_PATH(0),
        MODULE_PATH(1);

        final int redisDatabase;

        Mode(int redisDatabase) {
            this.redisDatabase = redisDatabase;
        }
    }

    static Stream<Consumer> all() throws IOException {
        List<Consumer> consumers = new ArrayList<>();
        try (Stream<Path> files = Files.list(RESOLVED)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".path"))
                    .sorted()
                    .toList()) {
                String name = file.getFileName().toString();
                List<Path> path =
                        Files.readAllLines(file).stream().map(Path::of).toList();
                consumers.add(new Consumer(name.substring(0, name.length() - ".path".length()), path));
            }
        }
        return consumers.stream();
    }

    /** The program, in Kotlin where the artifact is for Kotlin. */
    Path program() {
        Path kotlin = source("Main.kt");
        return Files.exists(kotlin) ? kotlin : source("Main.java");
    }

    private Path source(String name) {
        return SOURCES.resolve(artifact).resolve(name);
    }

    /** Compiles the program as a module of its own, which sees what the artifact's module lets it see. */
    Path compile() throws IOException {
        Path classes = RESOLVED.resolve(artifact + "-classes");
        List<Path> sources =
                new ArrayList<>(List.of(source("module-info.java"), SOURCES.resolve("LoadEveryClass.java")));
        if (program().equals(source("Main.kt"))) {
            compileKotlin(classes);
        } else {
            sources.add(program());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options =
                    List.of("-d", classes.toString(), "-proc:none", "--release", "17", "-p", joined(path));
            boolean compiled = compiler.getTask(
                            messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!compiled) {
                throw new AssertionError(artifact + " does not compile:\n" + messages);
            }
        }
        return classes;
    }

    /** The compiler of Kotlin reads the module descriptor, and so sees no more than javac would. */
    private void compileKotlin(Path classes) {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        ExitCode code = new K2JVMCompiler()
                .exec(
                        new PrintStream(messages, true, StandardCharsets.UTF_8),
                        program().toString(),
                        source("module-info.java").toString(),
                        "-d",
                        classes.toString(),
                        "-jvm-target",
                        "17",
                        "-no-stdlib",
                        "-no-reflect",
                        "-Xmodule-path=" + joined(path));
        if (code != ExitCode.OK) {
            throw new AssertionError(artifact + " does not compile:\n" + messages.toString(StandardCharsets.UTF_8));
        }
    }

    /** Loads every class of the artifact and runs the program, in a process with nothing but the path. */
    String run(Mode mode, Path classes, String redis) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SMALL);
        command.add("-Dartifact=" + path.get(0));
        command.add("-Doptional=" + text("optional.txt"));
        command.add("-Dredis=" + redis);
        String all = classes + File.pathSeparator + joined(path);
        if (mode == Mode.CLASS_PATH) {
            command.addAll(List.of("-cp", all, "consumer.LoadEveryClass"));
        } else {
            command.addAll(List.of("-p", all, "-m", "consumer/consumer.LoadEveryClass"));
        }
        Path output = RESOLVED.resolve(artifact + "-" + mode + ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(artifact + " does not end:\n" + Files.readString(output));
        }
        String printed = Files.readString(output);
        if (process.exitValue() != 0) {
            throw new AssertionError(artifact + " has failed:\n" + printed);
        }
        return printed;
    }

    private String text(String name) throws IOException {
        Path file = source(name);
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    private static String joined(List<Path> path) {
        return path.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
