package dev.respite.torture.durable;

import dev.respite.durable.DurableTables;
import dev.respite.torture.cluster.Breakpoints;
import dev.respite.torture.cluster.InterceptedJdbc;
import dev.respite.torture.cluster.InterceptedJdbc.Invocation;
import dev.respite.torture.cluster.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Adds breakpoints to the statements of a data source that pick, reschedule and park calls. */
final class WatchedDataSource {

    private static final String UPDATE = "update " + DurableTables.defaults().tasks() + " set ";

    private static final List<Watch> WATCHES = List.of(
            // On PostgreSQL, where one statement looks for due calls and picks them.
            new Watch("with due as (", "set picked = ?", Optional.of(Step.BEFORE_PICK), Optional.empty()),
            new Watch(
                    UPDATE + "picked = ?, picked_by = ?, last_heartbeat = ?",
                    "",
                    Optional.of(Step.BEFORE_PICK),
                    Optional.empty()),
            new Watch(
                    UPDATE,
                    "execution_time = ?",
                    Optional.of(Step.BEFORE_RESCHEDULE),
                    Optional.of(Step.AFTER_RESCHEDULE)),
            new Watch(
                    "insert into " + DurableTables.defaults().deadLetters(),
                    "",
                    Optional.of(Step.DURING_PARK),
                    Optional.empty()));

    private WatchedDataSource() {}

    /** A statement, by its beginning and a text that it contains, in lower case; and the steps before and after its execution. */
    private record Watch(String beginning, String content, Optional<Step> before, Optional<Step> after) {

        static Optional<Watch> of(String sql) {
            // On MariaDB a limit of its wait precedes the statement.
            String lower =
                    sql.toLowerCase(Locale.ROOT).replaceFirst("^set statement .* for (?=update|insert|delete)", "");
            return WATCHES.stream()
                    .filter(watch -> lower.startsWith(watch.beginning) && lower.contains(watch.content))
                    .findFirst();
        }
    }

    static DataSource of(DataSource dataSource, Breakpoints breakpoints) {
        return InterceptedJdbc.of(DataSource.class, dataSource, call -> {
            Object result = call.proceed();
            return result instanceof Connection connection
                    ? InterceptedJdbc.of(Connection.class, connection, prepare -> prepared(prepare, breakpoints))
                    : result;
        });
    }

    private static @Nullable Object prepared(Invocation prepare, Breakpoints breakpoints) throws Throwable {
        Object result = prepare.proceed();
        if (result instanceof PreparedStatement statement && prepare.argument().orElseThrow() instanceof String sql) {
            Optional<Watch> watch = Watch.of(sql);
            return watch.isPresent() ? watched(statement, watch.get(), breakpoints) : statement;
        }
        return result;
    }

    private static PreparedStatement watched(PreparedStatement statement, Watch watch, Breakpoints breakpoints) {
        return InterceptedJdbc.of(PreparedStatement.class, statement, call -> {
            boolean executes = call.name().startsWith("execute");
            if (executes) {
                watch.before().ifPresent(breakpoints::reach);
            }
            Object result = call.proceed();
            if (executes) {
                watch.after().ifPresent(breakpoints::reach);
            }
            return result;
        });
    }
}
