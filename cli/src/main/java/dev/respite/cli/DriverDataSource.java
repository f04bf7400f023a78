package dev.respite.cli;

import java.io.PrintWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections of a driver that is found by the URL, each a new one. Not by {@link java.sql.DriverManager}, which knows only
 * drivers of the program's own class loader.
 *
 * @param driver the driver
 * @param url the URL, which it accepts
 * @param properties the user and the password
 */
record DriverDataSource(Driver driver, String url, Properties properties) implements DataSource {

    /**
     * The data source of a URL.
     *
     * @param jars more drivers than the program has
     * @throws RefusedException if no driver accepts the URL
     */
    static DriverDataSource of(String url, Properties properties, List<Path> jars) {
        ClassLoader loader = new URLClassLoader(
                jars.stream().map(DriverDataSource::location).toArray(URL[]::new),
                DriverDataSource.class.getClassLoader());
        for (Driver driver : ServiceLoader.load(Driver.class, loader)) {
            if (accepts(driver, url)) {
                return new DriverDataSource(driver, url, properties);
            }
        }
        throw new RefusedException(
                "no driver for '" + withoutSecrets(url) + "'",
                "The program has drivers for jdbc:postgresql: and jdbc:h2:. For another database give the jar of its driver:"
                        + " --driver mariadb-java-client.jar");
    }

    /** A URL may have a password among its parameters, or before its host. */
    static String withoutSecrets(String url) {
        return url.split("[?;&]", 2)[0].replaceFirst("//[^/]*@", "//");
    }

    private static URL location(Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw new RefusedException(
                    "--driver " + jar + ": there is no such file", "Give the jar of the database's JDBC driver.");
        }
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException("files have URLs", impossible);
        }
    }

    private static boolean accepts(Driver driver, String url) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException unsure) {
            return false;
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        return Optional.ofNullable(driver.connect(url, properties))
                .orElseThrow(() -> new SQLException("the driver does not accept its URL after all"));
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("user and password are given once");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        // Nothing is logged.
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // The driver has its own.
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("nothing is logged");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("it wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
