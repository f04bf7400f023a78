package dev.respite.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.example.payments.PaymentsClient;
import com.example.payments.PaymentsException;
import com.sun.net.httpserver.HttpServer;
import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.StopReason;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar of {@code examples/sdk}, which embeds the core, beside another copy of the core: on the class path, where these tests
 * run, and as a module.
 */
class SdkTest {

    private static final String EMBEDDED = "com.example.payments.internal.respite";
    private static final Path JAR = pathOf(PaymentsClient.class);
    private static final Path CORE = pathOf(Retry.class);

    private final AtomicInteger requests = new AtomicInteger();
    private volatile int status = 200;
    private HttpServer server;
    private URI service;

    @TempDir
    Path folder;

    /** Before the phase package, there is a folder of classes without the core. */
    @BeforeAll
    static void isPackaged() {
        assumeTrue(Files.isRegularFile(JAR), "the jar of examples/sdk is made by ./mvnw verify");
    }

    @BeforeEach
    void start() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            byte[] body = "payment 1".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
        service = URI.create("http://" + loopback.getHostAddress() + ":"
                + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void classPath_withAnotherCopy_eachHasItsOwnClasses() throws Exception {
        assertThat(Class.forName(EMBEDDED + ".Retry")).isNotSameAs(Retry.class);
        assertThat(pathOf(Class.forName(EMBEDDED + ".Retry"))).isEqualTo(JAR);
        PaymentsClient client = PaymentsClient.builder(service).build();
        assertThat(Retry.withDefaults().call(() -> client.pay("ACME", 100))).isEqualTo("payment 1");
    }

    @Test
    void jar_hasTheLicenseAndNoNameOfTheOriginalPackage() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
            assertThat(jar.getEntry("META-INF/maven/dev.respite/respite/pom.properties"))
                    .isNotNull();
            int read = 0;
            for (JarEntry entry : classes(jar)) {
                String content = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(content.contains("dev/respite") || content.contains("dev.respite"))
                        .as(entry.getName())
                        .isFalse();
                read++;
            }
            assertThat(read).isGreaterThan(200);
        }
    }

    @Test
    void exportedTypes_nameNoTypeOfRespite() throws Exception {
        List<String> signatures = new ArrayList<>();
        try (JarFile jar = new JarFile(JAR.toFile())) {
            for (JarEntry entry : classes(jar)) {
                String name = entry.getName().replace('/', '.').replaceFirst("\\.class$", "");
                Class<?> type = Class.forName(name);
                if (type.getPackageName().equals("com.example.payments") && Modifier.isPublic(type.getModifiers())) {
                    signatures.add(
                            type + " " + type.getGenericSuperclass() + Arrays.toString(type.getGenericInterfaces()));
                    Stream.of(type.getDeclaredMethods(), type.getDeclaredConstructors(), type.getDeclaredFields())
                            .flatMap(Arrays::stream)
                            .filter(member -> isApi((Member) member))
                            .map(AccessibleObject::toString)
                            .forEach(signatures::add);
                }
            }
        }
        assertThat(signatures).hasSizeGreaterThanOrEqualTo(9).noneMatch(signature -> signature.contains("respite"));
    }

    private static boolean isApi(Member member) {
        return (member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
    }

    @Test
    void modulePath_sdkAlone_makesAPayment() throws Exception {
        ModuleLayer layer = layer("", "PaymentsClient.builder(service).build().pay(\"ACME\", 100)", JAR);
        assertThat(run(layer)).isEqualTo("payment 1");
        assertThat(layer.findModule("dev.respite")).isEmpty();
    }

    /** Failures are classified, in a module that declares neither the use of providers nor {@code jdk.jfr}. */
    @Test
    void modulePath_sdkAlone_retriesAndGivesUp() throws Exception {
        server.stop(0);
        ModuleLayer layer = layer("", "PaymentsClient.builder(service).build().pay(\"ACME\", 100)", JAR);
        assertThat(layer.findModule("jdk.jfr")).as("which the layer below has").isPresent();
        assertThatThrownBy(() -> run(layer))
                .isInstanceOf(InvocationTargetException.class)
                .cause()
                .hasToString("com.example.payments.PaymentsException: The payment was not confirmed.");
    }

    @Test
    void modulePath_withAnotherCopy_makesAPayment() throws Exception {
        String call = "dev.respite.Retry.withDefaults()"
                + ".call(() -> PaymentsClient.builder(service).build().pay(\"ACME\", 100))";
        ModuleLayer layer = layer("requires dev.respite;", call, JAR, CORE);
        assertThat(run(layer)).isEqualTo("payment 1");
        Module sdk = layer.findModule("com.example.payments").orElseThrow();
        assertThat(Class.forName(sdk, EMBEDDED + ".Retry").getModule()).isSameAs(sdk);
        assertThat(layer.findModule("dev.respite")).isPresent();
    }

    @Test
    void calls_thatSucceedFailAndExhaustTheBudget_logNothing() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        try (Log log = new Log("dev.respite", EMBEDDED)) {
            PaymentsClient client = PaymentsClient.builder(service)
                    .maxAttempts(2)
                    .onEvent(events::add)
                    .build();
            client.pay("ACME", 100);
            status = 400;
            assertThatThrownBy(() -> client.pay("ACME", 100)).isInstanceOf(PaymentsException.class);
            status = 503;
            for (int i = 0; i < 100 && !events.contains("budget exhausted"); i++) {
                assertThatThrownBy(() -> client.pay("ACME", 100)).isInstanceOf(PaymentsException.class);
            }
            PaymentsClient buggy = PaymentsClient.builder(service)
                    .onEvent(event -> {
                        throw new IllegalStateException(event);
                    })
                    .build();
            assertThatThrownBy(() -> buggy.pay("ACME", 100)).isInstanceOf(PaymentsException.class);
            assertThat(events).contains("attempts exhausted", "budget exhausted");
            assertThat(log.lines).isEmpty();
        }
    }

    /** So that the test before this one reads the logs that there are. */
    @Test
    void log_ofBothNames_isRead() {
        try (Log log = new Log("dev.respite", EMBEDDED)) {
            Retry retry = Retry.withoutWarnings(RetryPolicy.parse("max-attempts=1"), TimeSource.system())
                    .withListener(RetryListener.logging());
            assertThatThrownBy(() -> retry.run(() -> {
                        throw new IOException();
                    }))
                    .isInstanceOf(IOException.class);
            System.getLogger(EMBEDDED).log(System.Logger.Level.TRACE, "embedded");
            assertThat(log.lines)
                    .hasSizeGreaterThanOrEqualTo(2)
                    .anyMatch(line -> line.startsWith("dev.respite "))
                    .contains(EMBEDDED + " embedded");
        }
    }

    /** An SDK must keep these exceptions from its users: the listener of the example catches them, and its classifier throws none. */
    @Test
    void silentRetry_withWrongCallbacks_logsTheirExceptionsOnly() {
        List<RetryEvent> events = new CopyOnWriteArrayList<>();
        try (Log log = new Log("dev.respite")) {
            RetryPolicy policy = RetryPolicy.builder()
                    .attemptTimeout(Duration.ofMillis(1))
                    .baseDelay(Duration.ofMillis(1))
                    .budget(BudgetSpec.perSuccess(0.1, 3, 1))
                    .build();
            Retry silent = Retry.withoutWarnings(policy, TimeSource.system()).withListener(events::add);
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> silent.run(() -> {
                            throw new SocketTimeoutException();
                        }))
                        .isInstanceOf(SocketTimeoutException.class);
            }
            assertThat(events)
                    .anyMatch(event -> event instanceof RetryEvent.CallEnded ended
                            && ended.reason() == StopReason.BUDGET_EXHAUSTED);
            assertThat(log.lines).isEmpty();

            Retry wrong = Retry.withoutWarnings(
                            RetryPolicy.defaults().withClassifier(outcome -> {
                                throw new IllegalStateException();
                            }),
                            TimeSource.system())
                    .withListener(events::add);
            assertThatThrownBy(() -> wrong.run(() -> {
                        throw new IOException();
                    }))
                    .isInstanceOf(IOException.class);
            assertThat(events).anyMatch(RetryEvent.CallbackFailed.class::isInstance);
            assertThat(log.lines).hasSize(1);
        }
    }

    @Test
    void retriesAroundTheSdk_multiplyUnlessItsExceptionIsFatal() {
        server.stop(0);
        assertThat(attempts("")).isEqualTo(9);
        assertThat(attempts("stop-on=" + PaymentsException.class.getName())).isEqualTo(3);
    }

    private long attempts(String setting) {
        List<String> events = new CopyOnWriteArrayList<>();
        PaymentsClient client =
                PaymentsClient.builder(service).onEvent(events::add).build();
        Retry application = Retry.withoutWarnings(
                RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off " + setting), TimeSource.system());
        assertThatThrownBy(() -> application.call(() -> client.pay("ACME", 100)))
                .isInstanceOf(PaymentsException.class);
        return events.stream().filter(event -> event.startsWith("attempt ")).count();
    }

    @Test
    void flightRecorder_ofBothCopies_hasEventsOfTwoNames() throws Exception {
        List<String> names;
        try (Recording recording = new Recording()) {
            for (String event : List.of(".Attempt", ".Call")) {
                recording.enable(EMBEDDED + event);
                recording.enable("dev.respite" + event);
            }
            recording.start();
            PaymentsClient client = PaymentsClient.builder(service).build();
            Retry.withDefaults().call(() -> client.pay("ACME", 100));
            recording.stop();
            Path file = folder.resolve("calls.jfr");
            recording.dump(file);
            names = RecordingFile.readAllEvents(file).stream()
                    .map(RecordedEvent::getEventType)
                    .map(type -> type.getName())
                    .toList();
        }
        assertThat(names)
                .containsExactlyInAnyOrder(
                        EMBEDDED + ".Attempt", EMBEDDED + ".Call", "dev.respite.Attempt", "dev.respite.Call");
    }

    /** A layer with an application that is compiled against the path, and without anything else of the class path. */
    private ModuleLayer layer(String requires, String call, Path... path) throws IOException {
        Path descriptor = Files.writeString(
                folder.resolve("module-info.java"),
                "module app { requires com.example.payments; " + requires + " exports app; }");
        Path program = Files.writeString(
                folder.resolve("Main.java"),
                "package app; import com.example.payments.PaymentsClient; public final class Main { private Main() {}"
                        + " public static String run(java.net.URI service) throws Exception { return " + call
                        + "; } }");
        Path classes = folder.resolve("classes");
        String modules = Stream.of(path).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        StringWriter messages = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options = List.of("-d", classes.toString(), "-proc:none", "--release", "17", "-p", modules);
            var sources = files.getJavaFileObjects(descriptor, program);
            assertThat(compiler.getTask(messages, files, null, options, null, sources)
                            .call())
                    .as(messages.toString())
                    .isTrue();
        }
        List<Path> all = new ArrayList<>(List.of(path));
        all.add(classes);
        ModuleLayer below = ModuleLayer.boot();
        Configuration resolved = below.configuration()
                .resolve(ModuleFinder.of(all.toArray(Path[]::new)), ModuleFinder.of(), Set.of("app"));
        return below.defineModulesWithOneLoader(resolved, ClassLoader.getPlatformClassLoader());
    }

    private Object run(ModuleLayer layer) throws Exception {
        return layer.findLoader("app")
                .loadClass("app.Main")
                .getMethod("run", URI.class)
                .invoke(null, service);
    }

    private static List<JarEntry> classes(JarFile jar) {
        List<JarEntry> classes = new ArrayList<>();
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            JarEntry entry = entries.nextElement();
            if (entry.getName().endsWith(".class") && !entry.getName().equals("module-info.class")) {
                classes.add(entry);
            }
        }
        return classes;
    }

    private static Path pathOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Records the lines of loggers, at any level. */
    private static final class Log extends Handler implements AutoCloseable {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final List<Logger> loggers;

        Log(String... names) {
            loggers = Stream.of(names).map(Logger::getLogger).toList();
            loggers.forEach(logger -> {
                logger.setLevel(Level.ALL);
                logger.setUseParentHandlers(false);
                logger.addHandler(this);
            });
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLoggerName() + " " + line.getMessage());
        }

        @Override
        public void flush() {
            // Nothing is buffered.
        }

        @Override
        public void close() {
            loggers.forEach(logger -> {
                logger.removeHandler(this);
                logger.setUseParentHandlers(true);
                logger.setLevel(null);
            });
        }
    }
}
