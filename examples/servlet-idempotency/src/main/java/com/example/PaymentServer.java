package com.example;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.KeyRequirement;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

/** A servlet that makes payments, behind an {@link IdempotencyFilter}, in an embedded Tomcat. */
final class PaymentServer implements AutoCloseable {

    private static final Logger TOMCAT_LOG = Logger.getLogger("org.apache");

    private final Tomcat tomcat = new Tomcat();
    private final List<String> executed = new CopyOnWriteArrayList<>();
    private final AtomicBoolean loseNextResponse = new AtomicBoolean();

    private PaymentServer() {}

    static PaymentServer start() throws IOException, LifecycleException {
        TOMCAT_LOG.setLevel(Level.SEVERE);
        PaymentServer server = new PaymentServer();
        server.tomcat.setBaseDir(Files.createTempDirectory("payments").toString());
        server.tomcat.setPort(0);
        server.tomcat
                .addContext("", null)
                .addServletContainerInitializer((classes, context) -> server.configure(context), null);
        server.tomcat.start();
        return server;
    }

    private void configure(ServletContext context) {
        // In production, JdbcIdempotencyStore or RedisIdempotencyStore: this store ends with the process.
        HttpGuard<Execution> guard = HttpGuard.of(ExternalIdempotency.of(InMemoryIdempotencyStore.create()))
                .withKeyRequirement(KeyRequirement.requiredFor("POST"));
        // Keys belong to the authenticated user by default; this example has no users.
        IdempotencyFilter idempotency =
                IdempotencyFilter.of(guard).withSharedScope(any -> Optional.of(Scope.of("alice")));

        // Filters run in this order, so the gateway is the outermost one.
        addFilter(context, "gateway", this::gateway);
        addFilter(context, "idempotency", idempotency);
        context.addServlet("payments", new HttpServlet() {
                    @Override
                    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        executed.add(request.getReader().readLine());
                        response.setStatus(201);
                        response.getWriter().write("receipt " + executed.size());
                    }
                })
                .addMapping("/payments");
    }

    /** Stands for a gateway whose connection breaks while it reads the response: the client gets 504. */
    private void gateway(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!loseNextResponse.getAndSet(false)) {
            chain.doFilter(request, response);
            return;
        }
        HttpServletResponse client = (HttpServletResponse) response;
        try {
            chain.doFilter(request, new HttpServletResponseWrapper(client) {
                @Override
                public ServletOutputStream getOutputStream() throws IOException {
                    throw new IOException("Connection reset");
                }
            });
        } catch (IOException lost) {
            client.reset();
            client.sendError(HttpServletResponse.SC_GATEWAY_TIMEOUT);
        }
    }

    private static void addFilter(ServletContext context, String name, Filter filter) {
        context.addFilter(name, filter).addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/payments");
    }

    URI payments() {
        return URI.create("http://localhost:" + tomcat.getConnector().getLocalPort() + "/payments");
    }

    void loseNextResponse() {
        loseNextResponse.set(true);
    }

    List<String> executed() {
        return List.copyOf(executed);
    }

    @Override
    public void close() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
    }
}
