package dev.respite.cli.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuietLogsTest {

    private final Handler console = Logger.getLogger("").getHandlers()[0];
    private final Filter before = console.getFilter();

    @AfterEach
    void restore() {
        console.setFilter(before);
    }

    private boolean isPrinted(String logger, String message) {
        LogRecord logged = new LogRecord(Level.WARNING, message);
        logged.setLoggerName(logger);
        return console.isLoggable(logged);
    }

    /** Two objects of one command have measured the clock of the database. */
    @Test
    void warning_ofRespite_isPrintedOnce() {
        QuietLogs.showOnlyRespite(new StoreUrl("jdbc:postgresql://localhost/shop", Optional.empty()));
        assertThat(isPrinted("dev.respite.durable", "the clock is wrong")).isTrue();
        assertThat(isPrinted("dev.respite.durable", "the clock is wrong")).isFalse();
        assertThat(isPrinted("dev.respite.durable", "another")).isTrue();
        assertThat(isPrinted("org.postgresql", "connected")).isFalse();
    }
}
