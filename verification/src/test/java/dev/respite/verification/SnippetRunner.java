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
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Compiles a Java block, runs it, and compares what it prints. A block that begins a public class is a whole file, and compiles
 * without any import that it does not have; any other is the body of a method.
 */
final class SnippetRunner {

    private static final String IMPORTS = """
            import dev.respite.*;
            import dev.respite.budget.*;
            import dev.respite.call.*;
            import dev.respite.sim.foresight.*;
            import dev.respite.outcome.*;
            import dev.respite.time.*;
            import dev.respite.http.*;
            import dev.respite.http.exchange.*;
            import dev.respite.micrometer.*;
            import dev.respite.opentelemetry.*;
            import dev.respite.policy.*;
            import dev.respite.sim.*;
            import dev.respite.sim.report.*;
            import dev.respite.sim.scenario.*;
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

    private static final Pattern WHOLE_FILE = Pattern.compile("(?m)^public class (\\w+)");

    private static final String BODY = "Block";

    private SnippetRunner() {}

    static void run(Snippet snippet, Path folder) throws Exception {
        String printed = printed(snippet, folder);
        if (snippet.output().isPresent()) {
            assertMatches(printed, snippet.output().get());
        }
    }

    static String printed(Snippet snippet, Path folder) throws Exception {
        Optional<String> wholeFile = className(snippet);
        String main = wholeFile.orElse(BODY);
        Path source = folder.resolve(main + ".java");
        Files.writeString(source, wholeFile.isPresent() ? snippet.text() : asBody(snippet));
        compile(source, folder);
        // Servers of documents listen where -Dport says: anywhere, here.
        System.setProperty("port", "0");
        return print(folder, main);
    }

    /**
     * Compares what was printed with the expected text. In that, a delay (+52ms) and a duration (in 131 ms) stand for any, and an
     * ellipsis for anything on its line; a line with an ellipsis only stands for any number of lines.
     */
    static void assertMatches(String printed, String expected) {
        String pattern = expected.strip().lines().map(SnippetRunner::pattern).collect(Collectors.joining("\n"));
        String lines = printed.strip().lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
        assertThat(lines).matches(pattern);
    }

    private static String pattern(String line) {
        if (line.strip().equals("…")) {
            return "(?s:.*)";
        }
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

    private static Optional<String> className(Snippet snippet) {
        Matcher begin = WHOLE_FILE.matcher(snippet.text());
        return begin.find() ? Optional.of(begin.group(1)) : Optional.empty();
    }

    private static String asBody(Snippet snippet) {
        List<String> lines = snippet.text().lines().toList();
        String imports = lines.stream().filter(SnippetRunner::isImport).collect(Collectors.joining("\n"));
        String body = lines.stream().filter(line -> !isImport(line)).collect(Collectors.joining("\n"));
        return IMPORTS + imports
                + "\npublic class " + BODY + " {\n  public static void main(String[] args) throws Exception {\n" + body
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

    private static String print(Path folder, String main) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        ClassLoader loaderBefore = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {folder.toUri().toURL()});
                PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            // As for a program of its own: frameworks load by it.
            Thread.currentThread().setContextClassLoader(loader);
            loader.loadClass(main).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } catch (InvocationTargetException thrown) {
            throw new AssertionError("the block has thrown", thrown.getCause());
        } finally {
            System.setOut(before);
            Thread.currentThread().setContextClassLoader(loaderBefore);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
