package dev.respite.torture.durable;

import dev.respite.durable.DurableTables;
import dev.respite.torture.fault.Breakpoints;
import dev.respite.torture.fault.Step;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Adds breakpoints to the statements of a data source that pick, reschedule and park calls. */
final class WatchedDataSource implements InvocationHandler {

    private static final String UPDATE = "update " + DurableTables.defaults().tasks() + " set ";

    private static final List<Watch> WATCHES = List.of(
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

    private final Object target;
    private final Breakpoints breakpoints;
    private final Optional<Watch> watch;

    private WatchedDataSource(Object target, Breakpoints breakpoints, Optional<Watch> watch) {
        this.target = target;
        this.breakpoints = breakpoints;
        this.watch = watch;
    }

    /** A statement, by its beginning and a part, in lower case; and the steps before and after its execution. */
    private record Watch(String beginning, String part, Optional<Step> before, Optional<Step> after) {

        static Optional<Watch> of(String sql) {
            String lower = sql.toLowerCase(Locale.ROOT);
            return WATCHES.stream()
                    .filter(watch -> lower.startsWith(watch.beginning) && lower.contains(watch.part))
                    .findFirst();
        }
    }

    static DataSource of(DataSource dataSource, Breakpoints breakpoints) {
        return watched(DataSource.class, dataSource, breakpoints, Optional.empty());
    }

    private static <T> T watched(Class<T> type, T target, Breakpoints breakpoints, Optional<Watch> watch) {
        Object proxy = Proxy.newProxyInstance(
                WatchedDataSource.class.getClassLoader(),
                new Class<?>[] {type},
                new WatchedDataSource(target, breakpoints, watch));
        return type.cast(proxy);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        boolean executes = method.getName().startsWith("execute");
        if (executes) {
            watch.flatMap(Watch::before).ifPresent(breakpoints::reach);
        }
        Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
        if (executes) {
            watch.flatMap(Watch::after).ifPresent(breakpoints::reach);
        }
        if (result instanceof Connection connection) {
            return watched(Connection.class, connection, breakpoints, Optional.empty());
        }
        if (result instanceof PreparedStatement statement && arguments != null && arguments[0] instanceof String sql) {
            Optional<Watch> found = Watch.of(sql);
            return found.isPresent() ? watched(PreparedStatement.class, statement, breakpoints, found) : statement;
        }
        return result;
    }
}
