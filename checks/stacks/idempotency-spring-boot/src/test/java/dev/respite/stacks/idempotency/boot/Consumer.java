package dev.respite.stacks.idempotency.boot;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.testsupport.CachedContexts;
import dev.respite.testsupport.DatabaseServers;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** A running application without a web server, with a database of its own. */
final class Consumer implements AutoCloseable {

    private static final String EXCLUDED =
            "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
                    + "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration";

    private static final Map<Database, Consumer> SHARED = new ConcurrentHashMap<>();

    private final ConfigurableApplicationContext application;

    /** Where the records are. */
    enum Database {
        H2,
        POSTGRESQL;

        private static final ConcurrentHashMap<Database, EmbeddedPostgres> SERVERS = new ConcurrentHashMap<>();

        private String url() {
            String name = TestServer.name("methods").replace('-', '_');
            return this == H2 ? "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1" : created(name);
        }

        private String created(String name) {
            DatabaseServers.require();
            EmbeddedPostgres server = SERVERS.computeIfAbsent(this, database -> CachedContexts.keep(started()));
            try (var connection = server.getPostgresDatabase().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            } catch (SQLException failure) {
                throw new AssertionError(failure);
            }
            return server.getJdbcUrl("postgres", name);
        }

        private static EmbeddedPostgres started() {
            try {
                return EmbeddedPostgres.builder().start();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private Consumer(ConfigurableApplicationContext application) {
        this.application = application;
    }

    /** Returns the application that the tests of a database share: each has keys of its own. */
    static Consumer of(Database database) {
        return SHARED.computeIfAbsent(
                database, created -> CachedContexts.keep(start(created, List.of(), Deliveries.class)));
    }

    static Consumer start(Database database, List<String> properties, Class<?>... sources) {
        return start(context -> {}, database, properties, sources);
    }

    static Consumer start(
            ApplicationContextInitializer<?> initializer,
            Database database,
            List<String> properties,
            Class<?>... sources) {
        List<String> all = new ArrayList<>(List.of(
                "spring.datasource.url=" + database.url(),
                "spring.datasource.username=" + (database == Database.H2 ? "sa" : "postgres"),
                "spring.datasource.hikari.maximum-pool-size=10",
                "spring.sql.init.mode=always",
                "spring.sql.init.schema-locations=classpath:effects.sql,classpath:db/respite/"
                        + database.name().toLowerCase(Locale.ROOT) + "/V*.sql",
                "spring.flyway.enabled=false",
                "spring.main.banner-mode=off",
                "spring.autoconfigure.exclude=" + EXCLUDED,
                "logging.level.root=OFF",
                "respite.policies.deliver.max-attempts=3",
                "respite.policies.deliver.base-delay=1ms",
                // Its tests share one policy, and each needs all of its attempts.
                "respite.policies.deliver.budget=off"));
        all.addAll(properties);
        return new Consumer(new SpringApplicationBuilder(sources)
                .web(WebApplicationType.NONE)
                .initializers(initializer)
                .properties(all.toArray(String[]::new))
                .run());
    }

    <T> T bean(Class<T> type) {
        return application.getBean(type);
    }

    int effects(String item) {
        return bean(JdbcTemplate.class)
                .queryForObject("SELECT COUNT(*) FROM effect WHERE item = ?", Integer.class, item);
    }

    /** Returns the number of calls with a key. */
    long calls() {
        IdempotencyCounts counts = bean(Idempotency.class).counts();
        return Stream.of(IdempotencyCounts.Kind.values())
                .mapToLong(counts::count)
                .sum();
    }

    /** Resolves the unknown keys of a method. */
    void resolve(String operation, String result) {
        IdempotencyEngine engine = bean(IdempotencyEngine.class);
        engine.store().list(State.UNKNOWN, Optional.empty(), 100).stream()
                .filter(record -> record.ownerToken().operation().equals(Optional.of(operation)))
                .forEach(record -> {
                    boolean unused = engine.resolve(record.key(), Resolution.done(StoredResponse.of(result)));
                });
    }

    @Override
    public void close() {
        application.close();
    }
}
