package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Compiles a Java block as a reader would paste it, runs it, and compares the output, the warnings of Respite included. No
 * import is added to those that the block has and those that its page shows.
 *
 * <ul>
 *   <li>A block that begins a public class is a whole file, without the setup of its page.
 *   <li>A block that begins a class {@code …Test} is a file with the imports of the setup. Its tests are run.
 *   <li>Any other block is the body of {@code main}. The members of the setup are beside that method.
 * </ul>
 */
final class SnippetRunner {

    private static final Pattern ANY = Pattern.compile("…|(?<=\\+)[0-9.]+(?:us|ms)|(?<=in )[0-9.]+ (?:us|ms)");

    private static final Pattern WHOLE_FILE = Pattern.compile("(?m)^public class (\\w+)");

    private static final Pattern TEST_FILE = Pattern.compile("(?m)^class (\\w+Test)\\b");

    /** The address of Redis in the documents; the tests have a server at another one. */
    private static final String REDIS = "redis://localhost:6379";

    private static final String BODY = "Block";

    /** Kept, so that it is not collected with its handler. */
    private static final Logger LOGGER = Logger.getLogger("dev.respite");

    /** Prints what the JDK prints to the console without any configuration, one line a record, and without the time. */
    private static final class Console extends Handler {
        private final SimpleFormatter formatter = new SimpleFormatter();

        private Console() {
            setLevel(Level.INFO);
        }

        @Override
        public void publish(LogRecord line) {
            if (isLoggable(line)) {
                System.out.println(line.getLevel().getName() + ": " + formatter.formatMessage(line));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private SnippetRunner() {}

    static void run(Snippet snippet, Path folder) throws Exception {
        String printed = printed(snippet, folder);
        if (snippet.output().isPresent()) {
            assertMatches(printed, snippet.output().get());
        } else {
            assertThat(printed.lines().filter(line -> line.startsWith("WARNING")))
                    .isEmpty();
        }
    }

    static String printed(Snippet snippet, Path folder) throws Exception {
        Optional<String> wholeFile = className(WHOLE_FILE, snippet);
        Optional<String> test = className(TEST_FILE, snippet);
        String main = wholeFile.or(() -> test).orElse(BODY);
        Path source = folder.resolve(main + ".java");
        String text = wholeFile.isPresent() ? snippet.text() : test.isPresent() ? asTest(snippet) : asBody(snippet);
        Files.writeString(
                source,
                text.contains(REDIS) ? text.replace(REDIS, Fixtures.redis().toString()) : text);
        JavaSources.compile(List.of(source), folder);
        // Servers of documents listen at -Dport: anywhere, here.
        System.setProperty("port", "0");
        return print(folder, main, test.isPresent());
    }

    /**
     * Compares the printed text with the expected one. In that, a delay (+52ms) and a duration (in 131 ms) stand for any, and an
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

    private static Optional<String> className(Pattern pattern, Snippet snippet) {
        Matcher begin = pattern.matcher(snippet.text());
        return begin.find() ? Optional.of(begin.group(1)) : Optional.empty();
    }

    private static String asTest(Snippet snippet) {
        return imports(snippet.setup()) + "\n" + snippet.text() + "\n";
    }

    private static String asBody(Snippet snippet) {
        return imports(snippet.setup()) + "\n" + imports(snippet.text()) + "\npublic class " + BODY + " {\n"
                + withoutImports(snippet.setup()) + "\n  public static void main(String[] args) throws Exception {\n"
                + withoutImports(snippet.text()) + "\n  }\n}\n";
    }

    private static String imports(String text) {
        return text.lines().filter(SnippetRunner::isImport).collect(Collectors.joining("\n"));
    }

    private static String withoutImports(String text) {
        return text.lines().filter(line -> !isImport(line)).collect(Collectors.joining("\n"));
    }

    private static boolean isImport(String line) {
        return line.startsWith("import ");
    }

    private static String print(Path folder, String main, boolean isTest) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        Handler console = new Console();
        ClassLoader loaderBefore = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {folder.toUri().toURL()});
                PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            LOGGER.addHandler(console);
            // As for a program of its own: frameworks load by it.
            Thread.currentThread().setContextClassLoader(loader);
            if (isTest) {
                Fixtures.runTests(loader.loadClass(main));
            } else {
                loader.loadClass(main).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
            }
        } catch (InvocationTargetException thrown) {
            throw new AssertionError("the block has thrown", thrown.getCause());
        } finally {
            LOGGER.removeHandler(console);
            System.setOut(before);
            Thread.currentThread().setContextClassLoader(loaderBefore);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
