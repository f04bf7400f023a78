package dev.respite.spring.boot.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetupExceptionTest {

    @Test
    void message_withAUrl_hasNoPassword() {
        SQLException away = new SQLException("no connection: jdbc:mariadb://bank:hunter2@db/bank?password=hunter3");
        SetupException failure = new SetupException("Flyway failed: " + away.getMessage(), "Correct the cause.", away);
        assertThat(failure)
                .hasMessage("Flyway failed: no connection: jdbc:mariadb://***@db/bank?password=***")
                .hasCause(away);
    }

    @ParameterizedTest
    @CsvSource({
        "respite.policies.payments, policies",
        "respite.http.policy, policies",
        "respite.admission.queue-limit, admission",
        "respite.durable.threads, spring-boot-durable",
        "respite.idempotency.lease, spring-boot-idempotency"
    })
    void action_ofAProperty_namesThePageOfItsFeature(String property, String page) {
        assertThat(SetupException.ofProperty(property, "is wrong").action())
                .isEqualTo("Correct the property; docs/" + page + ".md of Respite has the keys and their values.");
    }
}
