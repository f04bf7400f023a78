package dev.respite.spring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A data source whose commits fail as they are told to. */
final class LossyDataSource extends DelegatingDataSource {

    private int lost;
    private int rejected;
    private String state = "";
    private SQLException cause;

    LossyDataSource(DataSource dataSource) {
        super(dataSource);
    }

    /** The next commits take effect, and then the connection breaks. */
    void loseReplies(int commits) {
        lost = commits;
    }

    /** As {@link #loseReplies}, but the connection stays, and its failure has the SQLState of a rollback as its cause. */
    void loseRepliesAfterAConflict(int commits) {
        lost = commits;
        cause = new SQLException("deadlock", "40001");
    }

    /** The next commits are rolled back with this SQLState. */
    void rejectCommits(int commits, String sqlState) {
        rejected = commits;
        state = sqlState;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        boolean[] broken = {false};
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> call(connection, broken, method, arguments));
    }

    private Object call(Connection connection, boolean[] broken, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("commit")) {
            commit(connection, broken);
            return null;
        }
        if (broken[0] && method.getName().equals("rollback")) {
            throw new SQLException("the connection is broken", "08003");
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    private void commit(Connection connection, boolean[] broken) throws SQLException {
        if (rejected > 0) {
            rejected--;
            connection.rollback();
            throw new SQLException("rejected", state);
        }
        connection.commit();
        if (lost > 0) {
            lost--;
            broken[0] = cause == null;
            throw new SQLException("an I/O error occurred while sending to the backend", "08006", cause);
        }
    }
}
