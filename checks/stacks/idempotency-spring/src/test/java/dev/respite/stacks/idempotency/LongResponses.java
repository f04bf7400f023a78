package dev.respite.stacks.idempotency;

import com.sun.net.httpserver.HttpServer;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.IdempotentHandler;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.h2.jdbcx.JdbcDataSource;

/** A process whose handlers respond with more than its heap. Prints the responses to the first and to the second request. */
final class LongResponses {

    private static final byte[] MEBIBYTE = new byte[1 << 20];
    private static final int MEBIBYTES = 300;

    private LongResponses() {}

    public static void main(String[] arguments) throws Exception {
        HttpGuard<?> guard = arguments[0].equals("transactional")
                ? HttpGuard.of(TransactionalIdempotency.of(database()))
                : HttpGuard.of(ExternalIdempotency.of(InMemoryIdempotencyStore.create()));
        int port = arguments[0].equals("jdk") ? jdk(guard) : tomcat(guard, arguments[0].equals("asynchronous"));
        for (int i = 0; i < 2; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                    .header("Idempotency-Key", "\"k\"")
                    .POST(BodyPublishers.ofString("x"))
                    .build();
            System.out.println(send(request));
        }
        System.exit(0);
    }

    private static String send(HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<InputStream> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                long length = body.transferTo(OutputStream.nullOutputStream());
                return response.statusCode() + (response.statusCode() == 200 ? " " + length : "");
            }
        } catch (IOException failure) {
            return "closed";
        }
    }

    private static JdbcDataSource database() throws SQLException {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:long;DB_CLOSE_DELAY=-1");
        try (Connection connection = database.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite/h2/V1__respite_idempotency.sql'");
        }
        return database;
    }

    private static int jdk(HttpGuard<?> guard) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                IdempotentHandler.of(guard, exchange -> {
                            exchange.sendResponseHeaders(200, 0);
                            write(exchange.getResponseBody());
                            exchange.close();
                        })
                        .withSharedScope(exchange -> Optional.of(Scope.of("all"))));
        server.start();
        return server.getAddress().getPort();
    }

    private static int tomcat(HttpGuard<?> guard, boolean isAsync) throws IOException, LifecycleException {
        IdempotencyFilter one = IdempotencyFilter.of(guard).withSharedScope(request -> Optional.of(Scope.of("all")));
        IdempotencyFilter filter = isAsync ? one.withAsyncHandlers() : one;
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
        tomcat.setPort(0);
        tomcat.addContext("", null)
                .addServletContainerInitializer(
                        (classes, context) -> {
                            var added = context.addFilter("keys", filter);
                            added.setAsyncSupported(true);
                            added.addMappingForUrlPatterns(
                                    EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), true, "/*");
                            var servlet = context.addServlet("long", new LongServlet(isAsync));
                            servlet.setAsyncSupported(true);
                            servlet.addMapping("/");
                        },
                        Set.of());
        tomcat.start();
        return tomcat.getConnector().getLocalPort();
    }

    private static final class LongServlet extends HttpServlet {

        private static final long serialVersionUID = 1;

        private final boolean isAsync;

        LongServlet(boolean isAsync) {
            this.isAsync = isAsync;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            if (!isAsync) {
                write(response.getOutputStream());
                return;
            }
            AsyncContext context = request.startAsync();
            context.start(() -> {
                try {
                    write(context.getResponse().getOutputStream());
                } catch (IOException failure) {
                    // Not thrown: Tomcat would set the status of the next request, which has the object after
                    // complete().
                    System.out.println("failed: " + failure.getMessage());
                } finally {
                    context.complete();
                }
            });
        }
    }

    private static void write(OutputStream out) throws IOException {
        for (int i = 0; i < MEBIBYTES; i++) {
            out.write(MEBIBYTE);
        }
    }
}
