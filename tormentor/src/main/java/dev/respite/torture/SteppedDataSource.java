package dev.respite.torture;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source whose connections have steps where a transaction begins and where it is committed. */
final class SteppedDataSource implements InvocationHandler {

    private final Object target;
    private final Steps steps;

    private SteppedDataSource(Object target, Steps steps) {
        this.target = target;
        this.steps = steps;
    }

    static DataSource of(DataSource dataSource, Steps steps) {
        return stepped(DataSource.class, dataSource, steps);
    }

    private static <T> T stepped(Class<T> type, T target, Steps steps) {
        Object proxy = Proxy.newProxyInstance(
                SteppedDataSource.class.getClassLoader(), new Class<?>[] {type}, new SteppedDataSource(target, steps));
        return type.cast(proxy);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        boolean commit = name.equals("commit");
        if (commit) {
            steps.reach(Step.BEFORE_COMMIT);
        } else if (name.equals("setAutoCommit") && arguments != null && Boolean.FALSE.equals(arguments[0])) {
            steps.reach(Step.AFTER_CLAIM);
        }
        Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
        if (commit) {
            steps.reach(Step.AFTER_COMMIT);
        }
        return result instanceof Connection connection ? stepped(Connection.class, connection, steps) : result;
    }
}
