package dev.respite.cli.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.cli.Cli;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.ResponseEncryption;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that {@code respite keys} finds by the key that a client has sent. */
class ClientKeyTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void name_ofAClientsKey_isThatOfItsRecord() {
        StorageKey expected = Scope.of("alice").storageKey("POST /pay", IdempotencyKey.of("-order 17"));

        Cli.Run run = Cli.run("keys", "name", "--scope", "alice", "--operation", "POST /pay", "--", "-order 17");

        assertThat(run.code()).as(run.stderr()).isZero();
        assertThat(run.out()).isEqualToIgnoringNewLines(expected.value());
    }

    @Test
    void name_ofAPrincipalInAScope_isThatOfItsRecord() {
        StorageKey expected =
                Scope.of("acme").withPrincipal("alice").storageKey("POST /pay", IdempotencyKey.of("order 17"));
        String[] name = {
            "keys", "name", "--scope", "acme", "--principal", "alice", "--operation", "POST /pay", "order 17"
        };

        assertThat(Cli.run(name).out()).isEqualToIgnoringNewLines(expected.value());
    }

    private final JdbcDataSource dataSource = new JdbcDataSource();

    @BeforeEach
    void createTables() throws SQLException {
        dataSource.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        try (Connection connection = dataSource.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite/h2/V1__respite_idempotency.sql'");
        }
    }

    /** The other ways to resolve need no response. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void resolveDone_whereTheApplicationEncrypts_isRejected(boolean withoutPlain) {
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(dataSource);
        ResponseEncryption encryption = ResponseEncryption.of("2026-11", new SecretKeySpec(new byte[32], "AES"));
        IdempotencyEngine engine = IdempotencyEngine.of(store)
                .withEncryption(withoutPlain ? encryption.withoutPlainResponses() : encryption);
        ExternalIdempotency.of(engine).execute(call("done"), execution -> StoredResponse.of("secret"));
        ExternalIdempotency.of(engine)
                .execute(call("unknown"), execution -> StoredResponse.of(500, Map.of(), new byte[0]));
        String url = dataSource.getURL();
        String name = call("unknown").storageKey().value();

        Cli.Run done = Cli.run("keys", "resolve", "--url", url, name, "--done", "201");
        assertThat(done.code()).isEqualTo(1);
        assertThat(done.stderr()).contains("2026-11", "IdempotencyEngine.resolve");
        assertThat(store.find(call("unknown").storageKey()).orElseThrow().state())
                .isEqualTo(State.UNKNOWN);
        assertThat(Cli.run("keys", "resolve", "--url", url, name, "--not-done", "--because", "fenced")
                        .code())
                .isZero();
    }

    private static IdempotentCall call(String key) {
        return new IdempotentCall(
                Scope.of("alice"), "pay", IdempotencyKey.of(key), List.of(Fingerprint.of("1", new byte[] {1})));
    }

    @Test
    void showAndResolve_byTheClientsKey_findItsRecord() {
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(dataSource);
        StorageKey name = Scope.of("alice").storageKey("POST /pay", IdempotencyKey.of("order 17"));
        RecordWrite.Terms terms = new RecordWrite.Terms(HOUR, HOUR, HOUR, Optional.empty());
        Fingerprint fingerprint = Fingerprint.of("1", new byte[] {1});
        store.putIfAbsent(name, new RecordWrite(State.UNKNOWN, "me", fingerprint, 1, terms, Optional.empty()));

        String url = dataSource.getURL();
        String[] show = {"keys", "show", "--url", url, "--scope", "alice", "--operation", "POST /pay", "order 17"};
        assertThat(Cli.run(show).out()).contains(name.value(), "UNKNOWN");
        String[] resolve = {
            "keys", "resolve", "--url", url, "--done", "201", "--scope", "alice", "--operation", "POST /pay", "order 17"
        };
        assertThat(Cli.run(resolve).code()).isZero();
        assertThat(store.find(name).orElseThrow().state()).isEqualTo(State.DONE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name --scope alice KEY                                   | --operation is missing
            name --operation pay KEY                                 | --scope is missing
            name --principal alice KEY                               | --scope is missing
            name KEY                                                 | --scope is missing
            show --url jdbc:h2:mem:x --scope alice KEY               | --operation is missing
            resolve --url jdbc:h2:mem:x --operation p --done 201 KEY | --scope is missing
            """)
    void clientsKey_withoutItsParts_exits64(String arguments, String message) {
        Cli.Run run = Cli.run(("keys " + arguments).split(" ", -1));
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains(message);
    }
}
