package dev.respite.cli.records;

import dev.respite.cli.console.UsageException;
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
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens a new connection each time, with a driver that accepts the URL. {@link java.sql.DriverManager} is not used, since it
 * only finds drivers of the program's class loader.
 */
record DriverDataSource(Driver driver, String url, Properties properties) implements DataSource {

    private static final Pattern IF_EXISTS = Pattern.compile(";\\s*IFEXISTS\\s*=", Pattern.CASE_INSENSITIVE);

    /**
     * Returns the data source of a URL. A database of H2 must exist, unless the URL contains {@code IFEXISTS=FALSE}.
     *
     * @param place the URL
     * @param properties the user and the password
     * @param jars jars of further drivers
     * @throws UsageException if no driver accepts the URL
     */
    static DriverDataSource of(StoreUrl place, Properties properties, List<Path> jars) {
        String url = onlyExisting(place.text());
        ClassLoader loader = new URLClassLoader(
                jars.stream().map(DriverDataSource::location).toArray(URL[]::new),
                DriverDataSource.class.getClassLoader());
        for (Driver driver : ServiceLoader.load(Driver.class, loader)) {
            if (accepts(driver, url)) {
                return new DriverDataSource(driver, url, properties);
            }
        }
        throw new UsageException(
                "no driver for '" + place.shown() + "'",
                "The program has a driver for jdbc:postgresql:. For another database give the jar of its driver:"
                        + " --driver mariadb-java-client.jar");
    }

    /** By default H2 creates a missing database, so that a misspelt path would leave a file behind. */
    private static String onlyExisting(String url) {
        boolean decided = !url.startsWith("jdbc:h2:") || IF_EXISTS.matcher(url).find();
        return decided ? url : url + ";IFEXISTS=TRUE";
    }

    private static URL location(Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw new UsageException(
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
        } catch (SQLException | RuntimeException unsure) {
            return false;
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            return Optional.ofNullable(driver.connect(url, properties))
                    .orElseThrow(() -> new SQLException("the driver accepted the URL but opened no connection"));
        } catch (RuntimeException malformed) {
            throw new SQLException("the driver cannot parse its URL: " + malformed.getMessage(), malformed);
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the user and the password are fixed; use getConnection()");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        // There is no log.
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // The timeout of the driver applies.
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("there is no log");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("this data source wraps no other");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
