package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A user without a privilege that the store needs is rejected at the start, and not by each request. */
class PrivilegesTest {

    private static final String RECORDS = "respite_idempotency";
    private static final String PURGE = "respite_idempotency_purge";
    private static final String FENCES = "respite_fence";

    @ParameterizedTest
    @CsvSource({
        "respite_idempotency, INSERT",
        "respite_idempotency, UPDATE",
        "respite_idempotency, DELETE",
        "respite_idempotency, SELECT",
        "respite_idempotency_purge, UPDATE",
        "respite_idempotency_purge, SELECT",
        "respite_fence, USAGE",
    })
    void of_userWithoutAPrivilege_isRejectedWithTheGrant(String object, String privilege) throws SQLException {
        for (TestDatabase database : TestDatabase.each()) {
            boolean isSequence = object.equals(FENCES);
            if (isSequence && !database.isPostgres() && !database.isMariaDb()) {
                continue; // H2 has no privileges on sequences.
            }
            String user = newUser(database);
            Map<String, List<String>> granted = needed(database);
            // MariaDB does not show objects to users without any privilege on them.
            List<String> rest = isSequence && database.isMariaDb() ? List.of("SELECT") : new ArrayList<>();
            if (!isSequence) {
                rest.addAll(granted.get(object));
                rest.remove(privilege);
            }
            granted.put(object, rest);
            grant(database, user, granted);
            DataSource restricted = as(database, user);
            String missing = isSequence && database.isMariaDb() ? "INSERT" : privilege;
            assertThatThrownBy(() -> JdbcIdempotencyStore.of(restricted))
                    .as(database.toString())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the user of the database lacks ")
                    .hasMessageMatching(".* run GRANT [A-Z, ]*" + missing + "[A-Z, ]* ON .*" + object + " TO .*");
            // The message is the statement that helps.
            String message = messageOf(restricted);
            TestDatabase.run(database.dataSource(), message.substring(message.indexOf("GRANT")));
            assertThat(JdbcIdempotencyStore.of(restricted).find(call().storageKey()))
                    .isEmpty();
        }
    }

    @OnEachDatabase
    void of_userWithThePrivileges_isAccepted(TestDatabase database) throws SQLException {
        String user = newUser(database);
        grant(database, user, needed(database));
        LedgerFixture ledger = LedgerFixture.in(database).over(as(database, user));
        IdempotentCall call = call();
        executed(ledger.idempotency().execute(call, connection -> StoredResponse.of("paid")));
        ledger.letPass(call, 86_401);
        assertThat(ledger.store().purge(10_000)).isPositive();
        assertThat(ledger.store().count(State.UNKNOWN)).isNotNegative();
        assertThat(ledger.store().list(State.DONE, Optional.empty(), 10)).isNotNull();
        assertThat(ledger.store().estimatedCount()).isNotNegative();
    }

    /** The other tests show that it is enough, and that each privilege is needed. */
    @Test
    void securityPage_grantsWhatIsNeeded() throws IOException {
        Map<String, List<String>> granted = new LinkedHashMap<>();
        Pattern.compile("GRANT ([A-Z, ]+) ON (?:SEQUENCE )?(respite_(?:idempotency|fence)[a-z_]*) TO")
                .matcher(Files.readString(Path.of("..", "..", "SECURITY.md")))
                .results()
                .forEach(grant ->
                        granted.put(grant.group(2), List.of(grant.group(1).split(", ", 0))));
        assertThat(granted).isEqualTo(needed(TestDatabase.POSTGRESQL));
    }

    private static String messageOf(DataSource restricted) {
        try {
            JdbcIdempotencyStore.of(restricted);
            throw new AssertionError("it was accepted");
        } catch (IllegalArgumentException rejected) {
            return rejected.getMessage();
        }
    }

    private static Map<String, List<String>> needed(TestDatabase database) {
        Map<String, List<String>> needed = new LinkedHashMap<>();
        needed.put(RECORDS, List.of("SELECT", "INSERT", "UPDATE", "DELETE"));
        needed.put(PURGE, List.of("SELECT", "UPDATE"));
        if (database.isPostgres()) {
            needed.put(FENCES, List.of("USAGE"));
        } else if (database.isMariaDb()) {
            needed.put(FENCES, List.of("SELECT", "INSERT"));
        }
        return needed;
    }

    private static String newUser(TestDatabase database) {
        String user = "u" + UUID.randomUUID().toString().substring(0, 8);
        TestDatabase.run(
                database.dataSource(),
                database.isMariaDb()
                        ? "CREATE USER " + user + "@'127.0.0.1' IDENTIFIED BY 'x'"
                        : "CREATE USER " + user + " PASSWORD 'x'");
        return user;
    }

    private static void grant(TestDatabase database, String user, Map<String, List<String>> granted) {
        granted.forEach((object, privileges) -> {
            if (!privileges.isEmpty()) {
                boolean isSequence = object.equals(FENCES) && database.isPostgres();
                TestDatabase.run(
                        database.dataSource(),
                        "GRANT " + String.join(", ", privileges) + " ON " + (isSequence ? "SEQUENCE " : "") + object
                                + " TO " + user + (database.isMariaDb() ? "@'127.0.0.1'" : ""));
            }
        });
    }

    private static DataSource as(TestDatabase database, String user) {
        if (database.isPostgres()) {
            return InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
                Object response = go.go();
                if (response instanceof Connection connection) {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("SET ROLE " + user);
                    }
                }
                return response;
            });
        }
        if (database.isMariaDb()) {
            String url = ((DriverManagerDataSource) database.dataSource()).getUrl();
            return new DriverManagerDataSource(url.replace("user=root", "user=" + user + "&password=x"));
        }
        return new DriverManagerDataSource("jdbc:h2:mem:bank", user, "x");
    }
}
