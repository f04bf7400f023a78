package dev.respite.faults;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/** Compiles a changed file against the classes of its module, without Maven. */
final class Compiler {

    private Compiler() {}

    /**
     * Compiles a file of Java, or all files of the folder of Kotlin sources that a file is in. One file of Kotlin alone is not
     * enough: a class such as {@code RespiteKt} is made of several files.
     *
     * @param sources the folder of the sources of the file's language
     * @param classes the classes of its module, whose package-private members it sees
     * @param classPath what its module sees
     * @param module the name of its module, which is part of the names of internal members of Kotlin
     * @throws IllegalArgumentException if it does not compile, with the compiler's message
     */
    static void compile(Path file, Path sources, Path classes, List<Path> classPath, String module, Path output)
            throws IOException {
        String path = classes
                + File.pathSeparator
                + classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        if (file.toString().endsWith(".kt")) {
            compileKotlin(sources, path, module, output);
        } else {
            compileJava(file, path, output);
        }
    }

    private static void compileJava(Path file, String path, Path output) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options = List.of(
                    "-d",
                    output.toString(),
                    "-cp",
                    path,
                    "--release",
                    "17",
                    "-proc:none",
                    "-implicit:none",
                    "-parameters",
                    "-g",
                    "-nowarn");
            if (!compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(file))
                    .call()) {
                throw new IllegalArgumentException("it does not compile:\n" + messages);
            }
        }
    }

    private static void compileKotlin(Path sources, String path, String module, Path output) {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        ExitCode code = new K2JVMCompiler()
                .exec(
                        new PrintStream(messages, true, StandardCharsets.UTF_8),
                        sources.toString(),
                        "-d",
                        output.toString(),
                        "-cp",
                        path,
                        "-module-name",
                        module,
                        "-jvm-target",
                        "17",
                        "-no-stdlib",
                        "-no-reflect",
                        "-nowarn");
        if (code != ExitCode.OK) {
            throw new IllegalArgumentException("it does not compile:\n" + messages.toString(StandardCharsets.UTF_8));
        }
    }
}
