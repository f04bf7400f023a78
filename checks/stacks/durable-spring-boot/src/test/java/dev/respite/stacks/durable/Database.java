package dev.respite.stacks.durable;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** An empty database for each application. */
enum Database {
    H2 {
        @Override
        String create() {
            return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
        }
    },

    POSTGRESQL {
        @Override
        String create() {
            String name = "shop_" + UUID.randomUUID().toString().replace("-", "");
            try (var connection = server().getPostgresDatabase().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            } catch (SQLException failure) {
                throw new AssertionError(failure);
            }
            return server().getJdbcUrl("postgres", name);
        }
    };

    private static final AtomicReference<EmbeddedPostgres> SERVER = new AtomicReference<>();

    /** Creates a database. */
    abstract String create();

    private static EmbeddedPostgres server() {
        return SERVER.updateAndGet(started -> started == null ? start() : started);
    }

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder().start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The properties of an application with the tables of a shop and of durable calls, or with those of the shop only. */
    List<String> properties(boolean durable) {
        String shop = "classpath:shop.sql";
        return List.of(
                "spring.datasource.url=" + create(),
                "spring.datasource.username=" + (this == H2 ? "sa" : "postgres"),
                "spring.sql.init.mode=always",
                "spring.sql.init.schema-locations="
                        + (durable
                                ? shop + ",classpath:db/respite_durable/" + (this == H2 ? "h2" : "postgresql")
                                        + "/V*.sql"
                                : shop),
                "spring.jpa.hibernate.ddl-auto=none",
                "respite.idempotency.enabled=false",
                "db-scheduler.enabled=false");
    }
}
