package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The privileges that SECURITY.md grants to an application with durable calls: all that it needs, and no more. */
class SecurityPageTest {

    private static final Pattern GRANT = Pattern.compile("GRANT ([A-Z, ]+) ON (respite_(?:task|dead)[a-z_, ]*) TO");

    private record Grant(String privilege, String table) {

        String statement(String verb, String preposition) {
            return verb + " " + privilege + " ON " + table + " " + preposition + " application";
        }
    }

    private static List<Grant> grants() throws IOException {
        return GRANT.matcher(Files.readString(Path.of("..", "SECURITY.md")))
                .results()
                .flatMap(SecurityPageTest::each)
                .toList();
    }

    private static Stream<Grant> each(MatchResult statement) {
        return Pattern.compile(", ")
                .splitAsStream(statement.group(2))
                .flatMap(table ->
                        Pattern.compile(", ").splitAsStream(statement.group(1)).map(name -> new Grant(name, table)));
    }

    private final DataSource owner = TestStore.POSTGRESQL.emptied();

    private void run(Grant grant, String verb, String preposition) {
        TestStore.run(owner, grant.statement(verb, preposition));
    }

    private void withGrantedRole(Consumer<DataSource> work) throws Exception {
        TestStore.run(owner, "CREATE ROLE application LOGIN");
        try {
            grants().forEach(grant -> run(grant, "GRANT", "TO"));
            work.accept(
                    new DriverManagerDataSource(JavaProcess.urlOf(owner).replaceAll("[?].*", ""), "application", ""));
        } finally {
            TestStore.run(owner, "DROP OWNED BY application");
            TestStore.run(owner, "DROP ROLE application");
        }
    }

    @Test
    void grants_ofThePage_areEnoughForCallsDeadLettersAndTheirPurge() throws Exception {
        withGrantedRole(application -> {
            try (DurableFixture fixture = new DurableFixture(TestStore.POSTGRESQL, owner -> application)) {
                DurableRetry durable = fixture.start(b -> b.deadLetterRetention(Duration.ofDays(30))
                        .task(PAYMENT, retry("max-attempts=1"), fixture.failingUntil(2)));
                durable.queue().enqueue(PAYMENT, "a", EnqueueOptions.defaults().withSequence("orders"));
                durable.queue().enqueue(PAYMENT, "b", EnqueueOptions.defaults().withSequence("orders"));
                DeadLetters letters = DeadLetters.of(application);
                eventually(
                        () -> assertThat(letters.list(DeadLetter.Filter.all())).hasSize(1));
                String first = letters.list(DeadLetter.Filter.all()).get(0).letterId();
                assertThat(letters.edit(first, "c".getBytes(StandardCharsets.UTF_8)))
                        .isTrue();
                assertThat(letters.replay(first)).isTrue();
                eventually(
                        () -> assertThat(letters.list(DeadLetter.Filter.all())).hasSize(1));
                assertThat(letters.discard(
                                letters.list(DeadLetter.Filter.all()).get(0).letterId()))
                        .isTrue();
                eventually(
                        () -> assertThat(letters.list(DeadLetter.Filter.all())).hasSize(1));
            }
        });
    }

    @Test
    void grant_thatIsMissing_isRejectedAtTheStart() throws Exception {
        List<Grant> grants = grants();
        assertThat(grants).hasSize(11);
        withGrantedRole(application -> {
            DurableRetryBuilder builder = DurableRetry.builder(application).deadLetterRetention(Duration.ofDays(30));
            for (Grant grant : grants) {
                run(grant, "REVOKE", "FROM");
                assertThatThrownBy(builder::build, grant.toString()).hasMessageContaining("permission denied");
                run(grant, "GRANT", "TO");
            }
            builder.build().close();
        });
    }
}
