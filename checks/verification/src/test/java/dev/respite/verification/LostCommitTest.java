package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.IdempotentHandler;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import dev.respite.time.VirtualTime;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The database goes away with the answer to a commit, and stays away for longer than the server looks for it: the client
 * is advised to come back, does, and has the one result in the end.
 */
class LostCommitTest {

    private final JdbcDataSource bank = new JdbcDataSource();
    private final AtomicBoolean isAway = new AtomicBoolean();
    private final AtomicBoolean isFirst = new AtomicBoolean(true);

    @BeforeEach
    void tables() throws SQLException {
        bank.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        try (Connection connection = bank.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite/h2/V1__respite_idempotency.sql'");
            sql.execute("CREATE TABLE ledger (line integer GENERATED ALWAYS AS IDENTITY, amount integer NOT NULL)");
        }
    }

    /** What happens to a commit whose answer is lost. */
    private enum Fate {
        COMMITTED,
        LOST
    }

    @Test
    void committed_behindTheHandler_clientGetsTheResult() throws Exception {
        TransactionalIdempotency idempotency = idempotency(Fate.COMMITTED);
        assertReportedOnce(idempotency, jdkServer(idempotency));
    }

    @Test
    void committed_behindTheFilter_clientGetsTheResult() throws Exception {
        TransactionalIdempotency idempotency = idempotency(Fate.COMMITTED);
        assertReportedOnce(idempotency, tomcat(idempotency));
    }

    @Test
    void notCommitted_behindTheHandler_isRunOnceTheLeaseIsOver() throws Exception {
        TransactionalIdempotency idempotency = idempotency(Fate.LOST);
        HttpResponse<String> paid = send(jdkServer(idempotency));
        assertThat(paid.statusCode()).isEqualTo(201);
        assertThat(paid.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(idempotency.counts().count(Kind.IN_PROGRESS)).isEqualTo(1);
        assertThat(idempotency.counts().count(Kind.TOOK_OVER)).isEqualTo(1);
        assertThat(payments()).isEqualTo(1);
    }

    private void assertReportedOnce(TransactionalIdempotency idempotency, URI place) throws Exception {
        HttpResponse<String> paid = send(place);
        assertThat(paid.statusCode()).isEqualTo(201);
        assertThat(paid.body()).isEqualTo("payment 1");
        assertThat(paid.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(idempotency.counts().count(Kind.IN_PROGRESS)).isEqualTo(1);
        assertThat(idempotency.counts().count(Kind.UNKNOWN)).isZero();
        assertThat(payments()).isEqualTo(1);
    }

    private HttpResponse<String> send(URI place) throws IOException, InterruptedException {
        HttpRequest pay = HttpRequest.newBuilder(place)
                .POST(BodyPublishers.ofString("100 EUR to bob"))
                .build();
        return RetryingHttpClient.of(HttpClient.newHttpClient())
                .withIdempotencyKeys(IdempotencyKeys.supportedBy(place))
                .send(pay, BodyHandlers.ofString());
    }

    /** Its lease is over at once, and its patience takes no time. The database is back once a client was advised to wait. */
    private TransactionalIdempotency idempotency(Fate fate) {
        return TransactionalIdempotency.of(
                IdempotencyEngine.of(JdbcIdempotencyStore.of(broken(fate)), new VirtualTime())
                        .withSettings(IdempotencySettings.defaults().withLease(Duration.ofMillis(1)))
                        .withListener(event -> {
                            if (event.kind() == IdempotencyCounts.Kind.IN_PROGRESS) {
                                isAway.set(false);
                            }
                        }));
    }

    private URI jdkServer(TransactionalIdempotency idempotency) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/payments",
                IdempotentHandler.of(HttpGuard.of(idempotency), LostCommitTest::pay)
                        .withSharedScope(exchange -> Optional.of(Scope.of("alice"))));
        server.start();
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/payments");
    }

    private static void pay(HttpExchange exchange) throws IOException {
        Connection connection = (Connection) exchange.getAttribute(IdempotentHandler.CONTEXT);
        byte[] body = pay(connection).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(201, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static URI tomcat(TransactionalIdempotency idempotency) throws Exception {
        URI place = Fixtures.tomcat(context -> {
            context.addFilter("idempotency", IdempotencyFilter.of(HttpGuard.of(idempotency)))
                    .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/payments");
            context.addServlet("payments", new Payments()).addMapping("/payments");
        });
        return place.resolve("/payments");
    }

    private static final class Payments extends HttpServlet {

        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String paid = pay((Connection) request.getAttribute(IdempotencyFilter.CONTEXT));
            response.setStatus(201);
            response.getWriter().write(paid);
        }
    }

    private static String pay(Connection connection) throws IOException {
        try (PreparedStatement line = connection.prepareStatement(
                "INSERT INTO ledger (amount) VALUES (100)", Statement.RETURN_GENERATED_KEYS)) {
            line.executeUpdate();
            ResultSet key = line.getGeneratedKeys();
            key.next();
            return "payment " + key.getInt(1);
        } catch (SQLException failure) {
            throw new IOException(failure);
        }
    }

    private int payments() throws SQLException {
        try (Connection connection = bank.getConnection();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("SELECT COUNT(*) FROM ledger")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** The bank, but that it goes away with the first commit. */
    private DataSource broken(Fate fate) {
        return proxy(DataSource.class, (self, method, arguments) -> {
            if (isAway.get()) {
                throw new SQLException("the database is away", "08001");
            }
            Object result = invoke(bank, method, arguments);
            return result instanceof Connection connection ? broken(connection, fate) : result;
        });
    }

    private Connection broken(Connection connection, Fate fate) {
        return proxy(Connection.class, (self, method, arguments) -> {
            if (method.getName().equals("commit") && isFirst.compareAndSet(true, false)) {
                if (fate == Fate.COMMITTED) {
                    connection.commit();
                }
                connection.close();
                isAway.set(true);
                throw new SQLException("the connection was cut", "08006");
            }
            return invoke(connection, method, arguments);
        });
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(LostCommitTest.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
