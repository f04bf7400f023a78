package dev.respite.torture;

import dev.respite.torture.fault.Breakpoints;
import dev.respite.torture.fault.Step;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Adds breakpoints to the connections of a data source: where a transaction begins, and before and after its commit. */
final class BreakpointDataSource implements InvocationHandler {

    private final Object target;
    private final Breakpoints breakpoints;

    private BreakpointDataSource(Object target, Breakpoints breakpoints) {
        this.target = target;
        this.breakpoints = breakpoints;
    }

    static DataSource of(DataSource dataSource, Breakpoints breakpoints) {
        return stepped(DataSource.class, dataSource, breakpoints);
    }

    private static <T> T stepped(Class<T> type, T target, Breakpoints breakpoints) {
        Object proxy = Proxy.newProxyInstance(
                BreakpointDataSource.class.getClassLoader(),
                new Class<?>[] {type},
                new BreakpointDataSource(target, breakpoints));
        return type.cast(proxy);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        boolean commit = name.equals("commit");
        if (commit) {
            breakpoints.reach(Step.BEFORE_COMMIT);
        } else if (name.equals("setAutoCommit") && arguments != null && Boolean.FALSE.equals(arguments[0])) {
            breakpoints.reach(Step.AFTER_CLAIM);
        }
        Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
        if (commit) {
            breakpoints.reach(Step.AFTER_COMMIT);
        }
        return result instanceof Connection connection ? stepped(Connection.class, connection, breakpoints) : result;
    }
}
