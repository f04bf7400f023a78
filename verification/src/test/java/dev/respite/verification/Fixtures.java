package dev.respite.verification;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** What the blocks in the documents talk to. */
public final class Fixtures {

    private Fixtures() {}

    /** A service that answers after it has failed as its script says. */
    public static final class Quotes {
        private final Iterator<IOException> failures;

        private Quotes(List<IOException> failures) {
            this.failures = failures.iterator();
        }

        /** The price of a share. */
        public String fetch(String symbol) throws IOException {
            if (failures.hasNext()) {
                throw failures.next();
            }
            return symbol + " 101.25";
        }

        /** The same, later. */
        public CompletableFuture<String> fetchAsync(String symbol) {
            try {
                return CompletableFuture.completedFuture(fetch(symbol));
            } catch (IOException failed) {
                return CompletableFuture.failedFuture(failed);
            }
        }
    }

    /** A service that times out once, then refuses a connection once, then answers. */
    public static Quotes quotes() {
        return new Quotes(List.of(new SocketTimeoutException("Read timed out"), new ConnectException("refused")));
    }

    /** A server whose every other answer is a 503; a payment with a key takes effect once, and before the 503. */
    public static URI flakyServer() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger requests = new AtomicInteger();
        Map<String, AtomicInteger> effects = new ConcurrentHashMap<>();
        server.createContext("/quotes/ACME", exchange -> answer(exchange, requests, "ACME 101.25"));
        server.createContext("/payments", exchange -> {
            Headers headers = exchange.getRequestHeaders();
            String key = headers.getOrDefault("Idempotency-Key", headers.getOrDefault("X-Idempotency-Key", List.of()))
                    .get(0);
            effects.computeIfAbsent(key, unseen -> new AtomicInteger(1));
            answer(exchange, requests, effects.size() == 1 ? "paid once" : "paid " + effects.size() + " times");
        });
        server.start();
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    /** What a server does with a request. */
    @FunctionalInterface
    public interface Service {
        /** Answers. */
        void answer(HttpExchange exchange) throws Exception;
    }

    /** A server that does this with each request, many at a time. */
    public static URI serve(Service service) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(task -> new Thread(task).start());
        server.createContext("/", exchange -> {
            try (exchange) {
                service.answer(exchange);
            } catch (IOException | RuntimeException broken) {
                throw broken;
            } catch (Exception broken) {
                throw new IOException(broken);
            }
        });
        server.start();
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    /** Runs each test without parameters on an instance of its own, as JUnit does, and prints its name. */
    public static void runTests(Supplier<?> instances) throws ReflectiveOperationException {
        List<Method> tests = Stream.of(instances.get().getClass())
                .flatMap(type -> Stream.concat(Stream.of(type.getDeclaredMethods()), Stream.of(type.getMethods())))
                .distinct()
                .filter(method -> method.isAnnotationPresent(Test.class))
                .sorted(Comparator.comparing(Method::getName))
                .toList();
        if (tests.isEmpty()) {
            throw new AssertionError("no tests");
        }
        for (Method test : tests) {
            test.setAccessible(true);
            test.invoke(instances.get());
            System.out.println(test.getName() + " passed");
        }
    }

    /** Runs the JDK's {@code jfr} and prints what it prints. */
    public static void jfr(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jfr").toString());
        command.addAll(List.of(arguments));
        Process jfr = new ProcessBuilder(command).redirectErrorStream(true).start();
        System.out.print(new String(jfr.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        jfr.waitFor();
    }

    /** A Redis that persists what it receives; it ends with the tests. */
    public static URI redis() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        RedisServer.newRedisServer()
                .port(port)
                .setting("dir " + Files.createTempDirectory("respite-redis"))
                .setting("appendonly yes")
                .setting("appendfsync always")
                .build()
                .start();
        return URI.create("redis://127.0.0.1:" + port);
    }

    /** A Tomcat that takes everybody for alice. */
    public static URI tomcat(Consumer<ServletContext> setUp) throws IOException, LifecycleException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("respite-tomcat").toString());
        tomcat.setPort(0);
        tomcat.addContext("", null)
                .addServletContainerInitializer(
                        (types, context) -> {
                            context.addFilter("everybody is alice", AS_ALICE)
                                    .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
                            setUp.accept(context);
                        },
                        null);
        tomcat.start();
        return URI.create("http://localhost:" + tomcat.getConnector().getLocalPort());
    }

    private static final Filter AS_ALICE = (request, response, chain) -> chain.doFilter(
            new HttpServletRequestWrapper((HttpServletRequest) request) {
                @Override
                public Principal getUserPrincipal() {
                    return () -> "alice";
                }
            },
            response);

    private static void answer(HttpExchange exchange, AtomicInteger requests, String text) throws IOException {
        exchange.getRequestBody().readAllBytes();
        boolean fails = requests.incrementAndGet() % 2 == 1;
        byte[] body = (fails ? "busy" : text).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(fails ? 503 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
