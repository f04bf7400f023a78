package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** The tables of Respite beside the migrations of an application, which has a version 1 of its own. */
class FlywayTest {

    private static final List<String> PROPERTIES = List.of(
            "shop.retention=72h",
            "spring.flyway.enabled=true",
            "spring.sql.init.mode=never",
            "respite.idempotency.jdbc.migrate=true");

    private final String item = name("item");

    @TempDir
    private Path folder;

    private List<String> with(String... more) {
        List<String> all = new ArrayList<>(PROPERTIES);
        all.add("spring.datasource.url=jdbc:h2:file:" + folder.resolve("shop"));
        all.addAll(List.of(more));
        return all;
    }

    private static List<String> versions(TestServer server, String history) {
        return server.bean(JdbcTemplate.class)
                .queryForList(
                        "SELECT \"version\" || ' ' || \"description\" FROM \"" + history
                                + "\" WHERE \"version\" IS NOT NULL ORDER BY \"installed_rank\"",
                        String.class);
    }

    @Test
    void application_withAVersion1OfItsOwn_hasBothHistories() {
        try (TestServer server = TestServer.start(Stack.PLAIN, with(), Shop.class)) {
            assertThat(server.application().getBeansOfType(Flyway.class)).hasSize(1);
            assertThat(versions(server, "flyway_schema_history")).containsExactly("1 shop");
            assertThat(versions(server, "respite_schema_history"))
                    .containsExactly("0 << Flyway Baseline >>", "1 respite idempotency");
            assertThat(server.post("/orders", "k", item).statusCode()).isEqualTo(201);
        }
        try (TestServer again = TestServer.start(Stack.PLAIN, with(), Shop.class)) {
            assertThat(isReplay(again.post("/orders", "k", item))).isTrue();
            assertThat(again.entries(item)).isEqualTo(1);
        }
    }

    @Test
    void application_thatHadItsTablesBefore_getsOurs() {
        try (TestServer server = TestServer.start(
                Stack.PLAIN,
                with("respite.idempotency.enabled=false", "respite.idempotency.jdbc.migrate=false"),
                Shop.class)) {
            assertThat(server.post("/orders", "k", item).statusCode()).isEqualTo(201);
        }
        try (TestServer server = TestServer.start(Stack.PLAIN, with(), Shop.class)) {
            assertThat(server.post("/orders", "k", item).statusCode()).isEqualTo(201);
            assertThat(isReplay(server.post("/orders", "k", item))).isTrue();
        }
    }

    @Test
    void application_whoseFlywayIsOff_getsOurs() {
        try (TestServer server = TestServer.start(
                Stack.PLAIN,
                with(
                        "spring.flyway.enabled=false",
                        "spring.sql.init.mode=always",
                        "spring.sql.init.schema-locations=classpath:entries.sql"),
                Shop.class)) {
            assertThat(server.application().getBeansOfType(Flyway.class)).isEmpty();
            assertThat(server.post("/orders", "k", item).statusCode()).isEqualTo(201);
        }
    }
}
