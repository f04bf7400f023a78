package dev.respite.cli.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.cli.console.Console;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of dead letters that a failure of the database interrupts. */
class DeadLetterChangesTest {

    @TempDir
    private Path folder;

    /** The operator has to know which letters were replayed. */
    @Test
    void apply_thatFailsInTheMiddle_printsWhatWasChangedBefore() throws SQLException {
        JdbcDataSource closed = new JdbcDataSource();
        closed.setURL(DeadLetterDatabase.create(folder).url());
        DeadLetters letters = DeadLetters.of(closed);
        closed.setURL("jdbc:h2:" + folder.resolve("none") + ";IFEXISTS=TRUE");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                false);
        DeadLetterChanges changes = new DeadLetterChanges("replayed", id -> id.equals("first") || letters.replay(id));

        assertThatThrownBy(() -> changes.apply(List.of("first", "second", "third"), console, new RecordOutput()))
                .isInstanceOf(StoreException.class);

        assertThat(out.toString(StandardCharsets.UTF_8).lines()).containsExactly("first is replayed");
    }
}
