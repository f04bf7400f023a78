package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.spring.boot.setup.SetupException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Records in the database of the application. Its tables are checked when the application starts. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({JdbcIdempotencyStore.class, DependsOnDatabaseInitialization.class})
@ConditionalOnMissingBean(IdempotencyStore.class)
@ConditionalOnSingleCandidate(DataSource.class)
final class JdbcStoreConfiguration {

    static final String MIGRATE = IdempotencyProperties.PREFIX + ".jdbc.migrate";

    /** The preparation of the tables, before they are checked. */
    @FunctionalInterface
    interface Schema {
        /** Completes when the tables can be checked. */
        void prepare();
    }

    /** With Flyway on the class path. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Flyway.class)
    @ConditionalOnProperty(MIGRATE)
    static final class Migrated {
        @Bean
        @DependsOnDatabaseInitialization
        Schema respiteIdempotencySchema(DataSource dataSource, ObjectProvider<Flyway> application) {
            return () -> SchemaMigration.run(dataSource, application.getIfUnique());
        }
    }

    /** Without Flyway. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("org.flywaydb.core.Flyway")
    @ConditionalOnProperty(MIGRATE)
    static final class NotMigrated {
        @Bean
        Schema respiteIdempotencySchema() {
            return () -> {
                throw new SetupException(
                        MIGRATE + " is true, and Flyway is not on the class path.",
                        "Add spring-boot-starter-flyway, or set " + MIGRATE + " to false and run the SQL file by hand.",
                        null);
            };
        }
    }

    @Bean
    @DependsOnDatabaseInitialization
    JdbcIdempotencyStore respiteIdempotencyStore(
            DataSource dataSource, IdempotencySetup setup, ObjectProvider<Schema> schema) {
        schema.ifAvailable(Schema::prepare);
        IdempotencyProperties.Jdbc jdbc = setup.properties().jdbc();
        try {
            JdbcIdempotencyStore store = JdbcIdempotencyStore.of(dataSource);
            Long most = jdbc.maxPerScope();
            store = most == null ? store : store.withMaxPerScope(most);
            return jdbc.requireDurable() ? store.requireDurable() : store;
        } catch (IllegalArgumentException | IllegalStateException unfit) {
            throw new SetupException(
                    "Idempotency records cannot be kept in the database of the application: " + unfit.getMessage(),
                    "If the tables are missing, run the SQL file, for example as a migration of the application, or set "
                            + MIGRATE
                            + " to true, with Flyway on the class path. To do without idempotent endpoints, set "
                            + IdempotencyProperties.PREFIX + ".enabled to false.",
                    unfit);
        }
    }
}
