package dev.respite.idempotency.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.KeyRequirement;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.jspecify.annotations.Nullable;

/**
 * A Tomcat with a payment servlet behind an authentication (the header {@code User}) and an idempotency filter, and a client.
 */
final class TomcatFixture implements AutoCloseable {

    static final String KEY = "Idempotency-Key";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final AtomicInteger effects = new AtomicInteger();
    final Set<String> known = ConcurrentHashMap.newKeySet();
    final InMemoryIdempotencyStore store = InMemoryIdempotencyStore.create();
    private final Tomcat tomcat = new Tomcat();
    private final Context context;
    private final Path folder;
    private @Nullable MultipartConfigElement parts;
    private int filters;
    private int port;

    /** The servlet behind the filter. */
    @FunctionalInterface
    interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    TomcatFixture() throws IOException {
        folder = Files.createTempDirectory("respite-tomcat");
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        context = tomcat.addContext("", null);
        known.add("alice");
        known.add("mallory");
        add(
                (request, response, chain) -> {
                    String given = ((HttpServletRequest) request).getHeader("User");
                    String user = given == null || given.isEmpty() ? null : given;
                    if (user != null && !known.contains(user)) {
                        ((HttpServletResponse) response).setStatus(401);
                        return;
                    }
                    chain.doFilter(as(user, (HttpServletRequest) request), response);
                },
                DispatcherType.REQUEST);
    }

    private static HttpServletRequest as(String user, HttpServletRequest request) {
        Principal principal = user == null ? null : () -> user;
        return new HttpServletRequestWrapper(request) {
            @Override
            public Principal getUserPrincipal() {
                return principal;
            }
        };
    }

    static HttpGuard<Execution> guard(IdempotencyStore store) {
        return guard(store, IdempotencySettings.defaults());
    }

    static HttpGuard<Execution> guard(IdempotencyStore store, IdempotencySettings settings) {
        return HttpGuard.of(ExternalIdempotency.of(IdempotencyEngine.of(store).withSettings(settings)))
                .withKeyRequirement(KeyRequirement.requiredFor("POST"));
    }

    TomcatFixture add(Filter filter, DispatcherType... dispatches) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("filter " + ++filters);
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName(definition.getFilterName());
        map.addURLPattern("/*");
        for (DispatcherType dispatch : dispatches) {
            map.setDispatcher(dispatch.name());
        }
        context.addFilterMap(map);
        return this;
    }

    TomcatFixture withErrorPage(ErrorPage page) {
        context.addErrorPage(page);
        return this;
    }

    /** The servlet behind the filter gets the parts of a multipart body. */
    TomcatFixture withParts(MultipartConfigElement limits) {
        parts = limits;
        return this;
    }

    /** Any time that nothing comes is too long after so many milliseconds. */
    TomcatFixture withPatience(int millis) {
        tomcat.getConnector().setProperty("connectionTimeout", Integer.toString(millis));
        return this;
    }

    TomcatFixture serve(IdempotencyFilter filter, Handler handler) throws Exception {
        return serve(filter, handler, DispatcherType.REQUEST, DispatcherType.ASYNC);
    }

    TomcatFixture serve(Filter filter, Handler handler, DispatcherType... dispatches) throws Exception {
        add(filter, dispatches);
        HttpServlet servlet = new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                try {
                    handler.handle(request, response);
                } catch (IOException | RuntimeException failure) {
                    throw failure;
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            }
        };
        Wrapper wrapper = Tomcat.addServlet(context, "bank", servlet);
        wrapper.setAsyncSupported(true);
        wrapper.setMultipartConfigElement(parts);
        context.addServletMapping("/*", "bank");
        tomcat.start();
        port = tomcat.getConnector().getLocalPort();
        return this;
    }

    TomcatFixture serve(Handler handler) throws Exception {
        return serve(IdempotencyFilter.of(guard(store)), handler);
    }

    TomcatFixture servePayments() throws Exception {
        return serve(this::pay);
    }

    /** Pays, and responses with how often it has. */
    void pay(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String amount = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        response.setStatus(201);
        response.setContentType("text/plain;charset=utf-8");
        response.addCookie(new Cookie("session", "1"));
        response.getWriter().write("paid " + amount + " as number " + effects.incrementAndGet());
    }

    HttpRequest.Builder request(String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("User", "alice")
                .POST(BodyPublishers.ofString(body));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> send(UnaryOperator<HttpRequest.Builder> change) throws Exception {
        return send(change.apply(request("/pay", "100")));
    }

    HttpResponse<String> post(String key) throws Exception {
        return send(request("/pay", "100").header(KEY, key));
    }

    /** Waits until no request is running. */
    HttpResponse<String> postUntilDone(String key) throws Exception {
        HttpResponse<String> response = post(key);
        while (response.body().contains("in-progress")) {
            response = post(key);
        }
        return response;
    }

    Socket socket() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    static byte[] head(String more) {
        return ("POST /pay HTTP/1.1\r\nHost: bank\r\nUser: alice\r\n" + more).getBytes(StandardCharsets.ISO_8859_1);
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    static boolean isReplay(HttpResponse<?> response) {
        return response.headers().firstValue("Idempotent-Replayed").equals(Optional.of("true"));
    }

    static void assertProblem(HttpResponse<String> response, int status, String type) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.body()).startsWith("{\"type\":\"urn:respite:idempotency:" + type + "\"");
    }

    @Override
    public void close() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
