package dev.respite.spring.boot.idempotency;

import dev.respite.spring.boot.setup.SetupException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Creates the tables of the records with a Flyway of its own, which is no bean: a bean would switch Spring Boot's Flyway off. Its
 * history table is its own too, since the migrations of the application have a version 1 as well.
 */
final class SchemaMigration {

    /** The history table. */
    private static final String HISTORY = "respite_schema_history";

    private SchemaMigration() {}

    /**
     * Creates the tables that do not exist.
     *
     * @param dataSource the database of the records
     * @param application Flyway of the application, which may have a data source with more privileges; null if there is none
     */
    static void run(DataSource dataSource, @Nullable Flyway application) {
        FluentConfiguration configuration = Flyway.configure(SchemaMigration.class.getClassLoader());
        DataSource database = dataSource;
        if (application != null) {
            database = application.getConfiguration().getDataSource();
            @Nullable String schema = application.getConfiguration().getDefaultSchema();
            if (schema != null) {
                configuration.defaultSchema(schema);
            }
        }
        try {
            // The application's tables make the schema non-empty: the baseline is before version 1, so version 1 runs.
            configuration
                    .dataSource(database)
                    .locations("classpath:db/respite/" + folder(database))
                    .failOnMissingLocations(true)
                    .table(HISTORY)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        } catch (FlywayException | SQLException failure) {
            throw new SetupException(
                    "Flyway could not create the tables of the idempotency records: " + failure.getMessage(),
                    "Correct the cause, or set respite.idempotency.jdbc.migrate to false and run the SQL file of the"
                            + " database, which is below db/respite in the jar of respite-idempotency-jdbc.",
                    failure);
        }
    }

    private static String folder(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        }
    }
}
