package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Java files of documents, compiled with the class path of the tests. */
final class JavaSources {

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    /** It keeps the directories of the jars of the class path, which each compilation would otherwise read again. */
    private static final StandardJavaFileManager FILES =
            COMPILER.getStandardFileManager(null, null, StandardCharsets.UTF_8);

    private JavaSources() {}

    /** Compiles files into a folder, and fails with the messages of the compiler. */
    static synchronized void compile(Collection<Path> sources, Path folder) {
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("-d", folder.toString(), "-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path"));
        assertThat(COMPILER.getTask(messages, FILES, null, options, null, FILES.getJavaFileObjectsFromPaths(sources))
                        .call())
                .as("compiles:\n%s", messages)
                .isTrue();
    }
}
