package dev.respite.cli.records;

import static dev.respite.cli.records.DeadLetterDatabase.PAYMENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.cli.Cli;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the options, the database errors and the help of the {@code durable} commands. */
class DurableCommandTest {

    @TempDir
    private Path folder;

    private DeadLetterDatabase database;

    @BeforeEach
    void tables() throws SQLException {
        database = DeadLetterDatabase.create(folder);
    }

    @Test
    void tables_withOtherNames_areUsed() throws SQLException {
        database.giveUp(PAYMENT, List.of("a"));
        database.run("ALTER TABLE respite_task RENAME TO my_task");
        database.run("ALTER TABLE respite_task_effect RENAME TO my_task_effect");
        database.run("ALTER TABLE respite_dead_letter RENAME TO my_letter");

        assertThat(database.durable("list").stderr()).contains("the database lacks respite_task");
        assertThat(database.durable("list", "--tasks-table", "my_task", "--dead-letters-table", "my_letter")
                        .out())
                .contains("1 dead");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            list --limit 0                | --limit 0: expected a whole number from 1 to 10,000
            list --limit 10001            | --limit 10001
            list --state DYING            | 'DYING'
            list --tasks-table a;b        | table name 'a;b'
            list --tsk payment            | did you mean '--task'?
            show                          | DEAD-LETTER
            replay                        | neither an id nor an option that selects
            discard --yes                 | neither an id nor an option that selects
            replay a --task payment       | both ids and options that select dead letters
            replay --task a --rate 5      | such as 280/s
            replay --task a --rate 0/s    | --rate: the rate is out of its range
            list --older-than 2           | expected a duration above 0 with its unit
            resume                        | TASK
            list --password-env NO_SUCH_X | no such environment variable
            call lst                      | unexpected argument 'lst'; did you mean 'list'?
            call list --state DEAD        | 'DEAD'
            call list --limit 0           | --limit 0: expected a whole number from 1 to 10,000
            call list --after payment     | --after
            call show payment             | ID
            call reschedule a b           | neither --in nor --at
            call reschedule a b --in 1h --at 2036-12-01T10:00:00Z | both --in and --at
            call reschedule a b --at 10:00 | --at '10:00': expected a date and a time with its zone
            call reschedule a b --at 2020-12-01T10:00:00Z | --at 2020-12-01T10:00:00Z: the time has passed
            call reschedule a b --at 2999-12-01T10:00:00Z | in more than ten years
            call cancel a b               | cancel ends a call, and stderr is no terminal to ask on
            """)
    void wrongUsage_exits64(String command, String message) {
        Cli.Run run = run(command.split(" ", -1));
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains(message);
    }

    /** Runs a command, which may be one of {@code durable call}. */
    private Cli.Run run(String... command) {
        int names = command[0].equals("call") ? 2 : 1;
        String[] more = Arrays.copyOfRange(command, names, command.length);
        return names == 1 ? database.durable(command[0], more) : database.call(command[1], more);
    }

    @Test
    void url_notOfADatabase_exits64() {
        Cli.Run run = Cli.run("durable", "list", "--url", "redis://:secret@localhost");
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr())
                .contains("expected a URL that begins with jdbc:")
                .doesNotContain("secret");
    }

    @Test
    void database_unreachable_exits7() {
        Cli.Run run = Cli.run("durable", "list", "--url", "jdbc:postgresql://127.0.0.1:1/shop?password=secret");
        assertThat(run.code()).isEqualTo(7);
        assertThat(run.stderr())
                .contains("cannot reach jdbc:postgresql://127.0.0.1:1/shop: ")
                .doesNotContain("secret");
        assertThat(run.stdout()).isEmpty();
    }

    @Test
    void database_missingOrWithoutTables_exits64() {
        Cli.Run missing = Cli.run("durable", "list", "--url", "jdbc:h2:" + folder.resolve("typo"));
        assertThat(missing.code()).isEqualTo(64);
        assertThat(missing.stderr()).contains("there is no such database");
        Cli.Run empty = Cli.run("durable", "list", "--url", "jdbc:h2:" + folder.resolve("new") + ";IFEXISTS=FALSE");
        assertThat(empty.code()).isEqualTo(64);
        assertThat(empty.stderr()).contains("V1_1__respite_durable.sql");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "list",
                "show",
                "replay",
                "discard",
                "resume",
                "call",
                "call list",
                "call show",
                "call run",
                "call reschedule",
                "call cancel"
            })
    void help_eachCommand_fits(String command) {
        Cli.Run run = Cli.run(("durable " + command + " --help").split(" ", -1));
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("Usage: respite durable " + command)
                .contains("Exit codes")
                .contains("Examples:");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }
}
