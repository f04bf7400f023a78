package dev.respite.cli.records;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;
import java.util.logging.Logger;

/**
 * A driver that opens no connection, and throws an exception with its URL and its password. Only a jar that lists it makes it
 * available.
 */
public final class LeakyDriver implements Driver {

    /** Used by the service loader. */
    public LeakyDriver() {}

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith("jdbc:leaky:");
    }

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
        String message = "failed: " + url + ", " + url.toUpperCase(Locale.ROOT) + ", " + properties;
        if (url.contains("unchecked")) {
            throw new IllegalArgumentException(message);
        }
        if (url.contains("unlinked")) {
            throw new NoClassDefFoundError(message);
        }
        throw new SQLException(message);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }
}
