package dev.respite.cli.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.TaskQueue;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The time from which a call is due, by the clock of a database that is not the machine's. */
class DueOptionsTest {

    private static final Duration SLACK = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    @Command
    static final class Arguments {
        @Mixin
        private DueOptions time = new DueOptions();
    }

    private static DueOptions parsed(String... arguments) {
        return CommandLine.populateCommand(new Arguments(), arguments).time;
    }

    /** Tables of H2 that have the name and the clock of another product. */
    private TaskQueue queue(Duration ahead) throws SQLException {
        DeadLetterDatabase database = DeadLetterDatabase.create(folder);
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL(database.url());
        String clock = "SELECT CURRENT_TIMESTAMP + INTERVAL '" + ahead.toSeconds() + "' SECOND AS present";
        return TaskQueue.of(proxy(DataSource.class, dataSource, (source, method, arguments) -> {
            Object result = invoke(source, method, arguments);
            return result instanceof Connection connection ? renamed(connection, clock) : result;
        }));
    }

    private static Connection renamed(Connection connection, String clock) {
        return proxy(Connection.class, connection, (target, method, arguments) -> {
            if (method.getName().equals("prepareStatement")
                    && arguments[0].toString().endsWith(" AS present")) {
                arguments[0] = clock;
            }
            Object result = invoke(target, method, arguments);
            return result instanceof DatabaseMetaData metaData ? postgres(metaData) : result;
        });
    }

    private static DatabaseMetaData postgres(DatabaseMetaData metaData) {
        return proxy(
                DatabaseMetaData.class,
                metaData,
                (target, method, arguments) -> method.getName().equals("getDatabaseProductName")
                        ? "PostgreSQL"
                        : invoke(target, method, arguments));
    }

    private interface Handler {
        Object invoke(Object target, Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, T target, Handler handler) {
        InvocationHandler calls = (proxy, method, arguments) -> handler.invoke(target, method, arguments);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-30, 0, 30})
    void in_isCountedFromTheClockOfTheDatabase(long minutes) throws SQLException {
        Duration ahead = Duration.ofMinutes(minutes);

        Instant due = parsed("--in", "PT2H").due(queue(ahead));

        Instant expected = Instant.now().plus(ahead).plus(Duration.ofHours(2));
        assertThat(due).isBetween(expected.minus(SLACK), expected.plus(SLACK));
    }

    @Test
    void at_isATimeOfTheDatabase() throws SQLException {
        assertThat(parsed("--at", "2036-12-01T10:00:00Z").due(queue(Duration.ofMinutes(30))))
                .isEqualTo("2036-12-01T10:00:00Z");
    }
}
