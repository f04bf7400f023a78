package dev.respite.verification;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.security.Principal;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** Servers that the blocks of documents and other tests use. */
final class Fixtures {

    private Fixtures() {}

    /** Runs each test without parameters on an instance of its own, as JUnit does. */
    static void runTests(Class<?> type) throws ReflectiveOperationException {
        List<Method> tests = Stream.concat(Stream.of(type.getDeclaredMethods()), Stream.of(type.getMethods()))
                .distinct()
                .filter(method -> method.isAnnotationPresent(Test.class))
                .sorted(Comparator.comparing(Method::getName))
                .toList();
        if (tests.isEmpty()) {
            throw new AssertionError("no tests");
        }
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        for (Method test : tests) {
            test.setAccessible(true);
            test.invoke(constructor.newInstance());
        }
    }

    /** Starts a Redis with an append-only file; it ends with the tests. */
    static URI redis() throws IOException {
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

    /** Starts a Tomcat whose principal is always alice. */
    static URI tomcat(Consumer<ServletContext> setUp) throws IOException, LifecycleException {
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
}
