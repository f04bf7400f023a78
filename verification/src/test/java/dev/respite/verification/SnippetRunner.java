package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles a Java block as the body of a method, runs it, and compares what it prints. */
final class SnippetRunner {

    private static final String IMPORTS = """
            import dev.respite.*;
            import dev.respite.budget.*;
            import dev.respite.foresight.*;
            import dev.respite.outcome.*;
            import dev.respite.time.*;
            import dev.respite.http.*;
            import dev.respite.micrometer.*;
            import dev.respite.opentelemetry.*;
            import dev.respite.policy.*;
            import dev.respite.sim.*;
            import java.io.*;
            import java.net.*;
            import java.net.http.*;
            import java.net.http.HttpRequest.BodyPublishers;
            import java.net.http.HttpResponse.BodyHandlers;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.concurrent.atomic.*;
            import static dev.respite.verification.Fixtures.*;
            """;

    private static final Pattern ANY = Pattern.compile("…|(?<=\\+)[0-9.]+(?:us|ms)|(?<=in )[0-9.]+ (?:us|ms)");

    private SnippetRunner() {}

    static void run(Snippet snippet, Path folder) throws Exception {
        String printed = printed(snippet, folder);
        if (snippet.output().isPresent()) {
            assertMatches(printed, snippet.output().get());
        }
    }

    static String printed(Snippet snippet, Path folder) throws Exception {
        Path source = folder.resolve("Block.java");
        Files.writeString(source, source(snippet));
        compile(source, folder);
        // Servers of documents listen where -Dport says: anywhere, here.
        System.setProperty("port", "0");
        return print(folder);
    }

    /** In the expected text, a delay (+52ms) and a duration (in 131 ms) stand for any, and an ellipsis for anything on its line. */
    static void assertMatches(String printed, String expected) {
        String pattern = expected.strip().lines().map(SnippetRunner::pattern).collect(Collectors.joining("\n"));
        String lines = printed.strip().lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
        assertThat(lines).matches(pattern);
    }

    private static String pattern(String line) {
        StringBuilder pattern = new StringBuilder();
        Matcher any = ANY.matcher(line.stripTrailing());
        int end = 0;
        while (any.find()) {
            pattern.append(Pattern.quote(line.substring(end, any.start())));
            pattern.append(any.group().equals("…") ? ".*" : "[0-9.]+ ?(?:ns|us|ms|s)");
            end = any.end();
        }
        return pattern.append(Pattern.quote(line.stripTrailing().substring(end)))
                .toString();
    }

    private static String source(Snippet snippet) {
        List<String> lines = snippet.text().lines().toList();
        String imports = lines.stream().filter(SnippetRunner::isImport).collect(Collectors.joining("\n"));
        String body = lines.stream().filter(line -> !isImport(line)).collect(Collectors.joining("\n"));
        return IMPORTS + imports
                + "\npublic class Block {\n  public static void main(String[] args) throws Exception {\n" + body
                + "\n  }\n}\n";
    }

    private static boolean isImport(String line) {
        return line.startsWith("import ");
    }

    private static void compile(Path source, Path folder) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options =
                    List.of("-d", folder.toString(), "-proc:none", "-cp", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).as("compiles:\n%s", messages).isTrue();
        }
    }

    private static String print(Path folder) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {folder.toUri().toURL()});
                PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            loader.loadClass("Block").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } catch (InvocationTargetException thrown) {
            throw new AssertionError("the block has thrown", thrown.getCause());
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
