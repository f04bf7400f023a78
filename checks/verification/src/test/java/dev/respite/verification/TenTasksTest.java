package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The table "Ten tasks" of {@code docs/migrating.md}: each cell compiles and does its task, and ours is the shortest of its row. */
class TenTasksTest {

    private static final Pattern CELL = Pattern.compile("\\| (?:`([^`]+)`|([^|`]+)) (?=\\|)");
    private static final String NONE = "–";
    private static final int RESPITE = 3;

    private static final String COMMON = """
            import java.io.*;
            import java.net.*;
            import java.net.http.*;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;
            import static java.net.http.HttpResponse.BodyHandlers.ofString;
            """;

    /** The imports of each column and the objects that its cells use. */
    private static final List<String> IMPORTS = List.of(
            "import dev.failsafe.*;",
            "import io.github.resilience4j.core.CallableUtils;\nimport io.github.resilience4j.retry.*;\n"
                    + "import io.github.resilience4j.timelimiter.TimeLimiter;",
            "import org.springframework.core.retry.*;",
            "import dev.respite.Retry;\nimport dev.respite.call.CallResult;\nimport dev.respite.http.*;\n"
                    + "import dev.respite.http.exchange.*;\nimport dev.respite.policy.*;\nimport dev.respite.time.VirtualTime;");

    private static final List<String> OBJECTS = List.of(
            "static final RetryPolicy<Object> policy = RetryPolicy.ofDefaults();",
            "static final RetryConfig config = RetryConfig.custom().waitDuration(Duration.ofMillis(1)).build();",
            "",
            "static final RetryPolicy policy = RetryPolicy.parse(\"base-delay=1ms budget=off\");");

    /** By the name of the task, the work: the failures of its first attempts and then a price. */
    private static final Map<String, String> WORK = new LinkedHashMap<>();

    static {
        String once = "if (calls == 1) throw new SocketTimeoutException();";
        WORK.put("one class of exceptions only", once);
        WORK.put("own delays", "if (calls < 3) throw new SocketTimeoutException();");
        WORK.put("asynchronous", once);
        WORK.put("a result", "if (calls == 1) return \"pending\";");
        WORK.put("fallback", "throw new ConnectException();");
        WORK.put("timeout of an attempt", "if (calls == 1) new CountDownLatch(1).await();");
        WORK.put("a line per retry", once);
        WORK.put("POST with a key", "");
        WORK.put("a test without waiting", once);
        WORK.put("another limit", "if (calls < 5) throw new SocketTimeoutException();");
    }

    @TempDir
    static Path folder;

    private static HttpServer server;
    private static final List<String> KEYS = new CopyOnWriteArrayList<>();

    /** A task and its cells, one a library. */
    private record Row(String task, List<String> cells) {}

    /** Responds to each second request with 503. */
    @BeforeAll
    static void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            KEYS.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
            byte[] body = "101.25".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(KEYS.size() == 1 ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    private static List<Row> rows() throws IOException {
        return Files.readAllLines(SourceTree.ROOT.resolve("docs/migrating.md")).stream()
                .dropWhile(line -> !line.equals("## Ten tasks"))
                .dropWhile(line -> !line.startsWith("|---"))
                .skip(1)
                .takeWhile(line -> line.startsWith("|"))
                .map(TenTasksTest::row)
                .toList();
    }

    private static Row row(String line) {
        List<String> cells = new ArrayList<>();
        Matcher cell = CELL.matcher(line);
        while (cell.find()) {
            cells.add(cell.group(1) == null ? cell.group(2).strip() : cell.group(1));
        }
        assertThat(cells).as(line).hasSize(5);
        return new Row(cells.get(0), cells.subList(1, cells.size()));
    }

    private static int length(String cell) {
        return cell.equals(NONE)
                ? Integer.MAX_VALUE
                : cell.replaceAll("\\s+", " ").length();
    }

    @Test
    void respite_hasTheShortestCodeOfEachTask() throws IOException {
        List<Row> rows = rows();
        assertThat(rows.stream().map(Row::task)).containsExactlyElementsOf(WORK.keySet());
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.cells().get(RESPITE)).isNotEqualTo(NONE);
            assertThat(row.cells().stream().filter(cell -> !cell.equals(NONE))).hasSizeGreaterThan(2);
            assertThat(row.cells().stream().mapToInt(TenTasksTest::length).min())
                    .as(row.task())
                    .hasValue(length(row.cells().get(RESPITE)));
        });
    }

    @TestFactory
    Stream<DynamicTest> everyCell_doesItsTask() throws IOException {
        Map<String, Row> cells = new LinkedHashMap<>();
        List<Path> sources = new ArrayList<>();
        List<Row> rows = rows();
        for (int r = 0; r < rows.size(); r++) {
            for (int c = 0; c <= RESPITE; c++) {
                if (!rows.get(r).cells().get(c).equals(NONE)) {
                    String name = "Cell" + r + "_" + c;
                    sources.add(Files.writeString(folder.resolve(name + ".java"), source(name, rows.get(r), c)));
                    cells.put(name, rows.get(r));
                }
            }
        }
        JavaSources.compile(sources, folder);
        return cells.entrySet().stream()
                .map(cell -> DynamicTest.dynamicTest(
                        cell.getKey() + " " + cell.getValue().task(),
                        () -> run(cell.getKey(), cell.getValue().task())));
    }

    private static String source(String name, Row row, int column) {
        String cell = row.cells().get(column);
        String body = (cell.contains("return ") && cell.endsWith(";")) || cell.startsWith("try")
                ? cell
                : "return " + cell + ";";
        return COMMON + IMPORTS.get(column) + "\npublic class " + name + " {\n" + OBJECTS.get(column)
                + """

                static int calls;
                public static final List<Object> lines = new ArrayList<>();
                static final URI uri = URI.create(System.getProperty("ten.tasks"));
                static final HttpClient client = HttpClient.newHttpClient();
                static final HttpRequest post = HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.ofString("ACME"))
                        .build();
                static final String key = "\\"1\\"";
                static final List<Duration> delays = List.of(Duration.ofMillis(2), Duration.ofMillis(3));
                static final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(Cell::daemon);
                static final ExecutorService threads = Executors.newCachedThreadPool(Cell::daemon);
                static class Cell {
                    static Thread daemon(Runnable task) { Thread made = new Thread(task); made.setDaemon(true); return made; }
                }
                static void log(Object line) { lines.add(line); }
                static String fetch() throws Exception { calls++; WORK return "101.25"; }
                static CompletableFuture<String> fetchAsync() {
                    try {
                        return CompletableFuture.completedFuture(fetch());
                    } catch (Exception failure) {
                        return CompletableFuture.failedFuture(failure);
                    }
                }
                public static Object run() throws Throwable { BODY }
                }
                """.replace("WORK return", work(row.task())).replace("BODY", body);
    }

    /** A work that always throws is followed by no statement. */
    private static String work(String task) {
        String work = WORK.get(task);
        return work.startsWith("throw ") ? "if (calls > 0) " + work + " return" : work + " return";
    }

    private static void run(String name, String task) throws Exception {
        System.setProperty(
                "ten.tasks", "http://127.0.0.1:" + server.getAddress().getPort() + "/");
        KEYS.clear();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            Class<?> cell = loader.loadClass(name);
            Object result = cell.getMethod("run").invoke(null);
            if (result instanceof java.util.concurrent.CompletionStage<?> stage) {
                result = stage.toCompletableFuture().join();
            }
            if (result instanceof java.net.http.HttpResponse<?> response) {
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(KEYS).hasSize(2).doesNotContainNull();
                assertThat(KEYS.stream().distinct()).hasSize(1);
                result = response.body();
            }
            assertThat(result).isEqualTo(task.equals("fallback") ? "cached" : "101.25");
            assertThat((List<?>) cell.getField("lines").get(null)).hasSize(task.equals("a line per retry") ? 1 : 0);
        } catch (InvocationTargetException thrown) {
            throw new AssertionError(
                    task + " has thrown " + Arrays.toString(thrown.getCause().getStackTrace()), thrown.getCause());
        }
    }
}
