package dev.respite.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepliesTest {

    /** Retry-After knows whole seconds only: never less than was meant. */
    @ParameterizedTest
    @CsvSource({"0,1,0", "1,1,1", "999,1,999", "1000,1,1000", "1001,2,1001"})
    void inProgress_wait_isRoundedUp(long millis, String seconds, String inMillis) {
        StoredResponse reply = Replies.of(new IdempotentResult.InProgress(Duration.ofMillis(millis)), record -> true);
        assertThat(reply.headers().get("Retry-After")).isEqualTo(List.of(seconds));
        assertThat(reply.headers().get("Retry-After-Ms")).isEqualTo(List.of(inMillis));
    }
}
