package dev.respite.spring.boot.idempotency;

import static dev.respite.testsupport.ForeignFailures.foreign;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class StoreHealthIndicatorTest {

    @Test
    void health_ofAStoreThatFails_hasTheClassAndNoMessage() {
        Health health = new StoreHealthIndicator(() -> {
                    throw foreign(new IllegalStateException("alice@example.com"));
                })
                .health();
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails())
                .containsExactlyEntriesOf(java.util.Map.of("error", "java.lang.IllegalStateException"));
    }
}
