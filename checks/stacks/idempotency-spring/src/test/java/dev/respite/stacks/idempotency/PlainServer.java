package dev.respite.stacks.idempotency;

import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

/**
 * A servlet without Spring MVC, behind the filter in transactional mode. It inserts a row, and throws an exception of which other
 * code makes a response with the status of a header.
 */
final class PlainServer implements AutoCloseable {

    /** The status that the exception becomes. Without this header, the servlet succeeds. */
    static final String STATUS = "Fail-With";

    /** The path of exceptions that are caught between the filter and the servlet. */
    static final String BEHIND = "/later/";

    /** The number of runs of the servlet, by the item of the request. */
    final Map<String, Integer> runs = new ConcurrentHashMap<>();

    private final EmbeddedDatabase database = new EmbeddedDatabaseBuilder()
            .setType(EmbeddedDatabaseType.H2)
            .generateUniqueName(true)
            .addScripts("db/respite/h2/V1__respite_idempotency.sql", "shop.sql")
            .build();
    private final WebServer server;

    /** An exception for which the container has a page. For the others it has the page of status 500. */
    static final class Planned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Planned() {
            super("planned");
        }
    }

    private PlainServer(ConfigurableServletWebServerFactory factory) {
        factory.setPort(0);
        factory.setErrorPages(Set.of(
                new ErrorPage(Planned.class, "/sorry"), new ErrorPage(HttpStatus.INTERNAL_SERVER_ERROR, "/sorry")));
        server = factory.getWebServer(this::register);
        server.start();
    }

    static PlainServer start(Stack.Container container) {
        // Logs nothing until an application has its own logging.
        LoggingSystem.get(PlainServer.class.getClassLoader()).beforeInitialize();
        return new PlainServer(
                container == Stack.Container.TOMCAT
                        ? new TomcatServletWebServerFactory()
                        : new JettyServletWebServerFactory());
    }

    private void register(ServletContext context) {
        add(context, "earlier", catching("/earlier/"));
        add(
                context,
                "idempotency",
                IdempotencyFilter.of(HttpGuard.of(TransactionalIdempotency.of(database)))
                        .withSharedScope(request -> Optional.of(Scope.of("shop"))));
        add(context, "later", catching(BEHIND));
        Servlet orders = new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response)
                    throws IOException, ServletException {
                order(request, response);
            }
        };
        context.addServlet("orders", orders).addMapping("/*");
        Servlet sorry = new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.setStatus(request.getIntHeader(STATUS));
                response.getWriter().write("sorry");
            }
        };
        context.addServlet("sorry", sorry).addMapping("/sorry");
    }

    private static void add(ServletContext context, String name, Filter filter) {
        context.addFilter(name, filter)
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR), true, "/*");
    }

    /** Makes responses of exceptions, as filters of applications do. */
    private static Filter catching(String path) {
        return (request, response, chain) -> {
            HttpServletRequest http = (HttpServletRequest) request;
            try {
                chain.doFilter(request, response);
            } catch (Planned failure) {
                if (!http.getRequestURI().startsWith(path)) {
                    throw failure;
                }
                if (path.equals(BEHIND)) {
                    // The documentation requires this attribute. In front of the filter, Tomcat would respond with a
                    // 500.
                    request.setAttribute(RequestDispatcher.ERROR_EXCEPTION, failure);
                }
                HttpServletResponse reply = (HttpServletResponse) response;
                if (http.getRequestURI().endsWith("/send-error")) {
                    reply.sendError(http.getIntHeader(STATUS), "planned");
                } else {
                    reply.setStatus(http.getIntHeader(STATUS));
                    reply.getWriter().write("planned");
                }
            }
        };
    }

    private void order(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        String item = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        runs.merge(item, 1, Integer::sum);
        insert((Connection) request.getAttribute(IdempotencyFilter.CONTEXT), item);
        if (request.getHeader(STATUS) != null) {
            fail(request.getRequestURI());
        }
        response.getWriter().write("ordered " + item);
    }

    private static void fail(String way) throws IOException, ServletException {
        switch (way) {
            case "/page/checked" -> throw new IOException("planned");
            case "/page/cause" -> throw new ServletException(new Planned());
            case "/page/error" -> throw new AssertionError("planned");
            default -> throw new Planned();
        }
    }

    private static void insert(Connection connection, String item) throws ServletException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO entry (number, item) VALUES (NEXT VALUE FOR entry_seq, ?)")) {
            insert.setString(1, item);
            insert.executeUpdate();
        } catch (SQLException broken) {
            throw new ServletException(broken);
        }
    }

    HttpRequest.Builder order(String path, String key, String item) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.getPort() + path))
                .header(Shop.KEY, '"' + key + '"')
                .POST(BodyPublishers.ofString(item));
    }

    /** Returns the number of rows of an item. */
    int rows(String item) {
        Integer rows = new JdbcTemplate(database)
                .queryForObject("SELECT COUNT(*) FROM entry WHERE item = ?", Integer.class, item);
        return rows == null ? -1 : rows;
    }

    @Override
    public void close() {
        server.stop();
        server.destroy();
        database.shutdown();
    }
}
