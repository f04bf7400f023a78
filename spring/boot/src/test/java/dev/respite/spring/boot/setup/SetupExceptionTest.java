package dev.respite.spring.boot.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class SetupExceptionTest {

    @Test
    void message_withAUrl_hasNoPassword() {
        SQLException away = new SQLException("no connection: jdbc:mariadb://bank:hunter2@db/bank?password=hunter3");
        SetupException failure = new SetupException("Flyway failed: " + away.getMessage(), "Correct the cause.", away);
        assertThat(failure)
                .hasMessage("Flyway failed: no connection: jdbc:mariadb://***@db/bank?password=***")
                .hasCause(away);
    }
}
