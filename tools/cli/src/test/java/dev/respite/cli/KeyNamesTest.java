package dev.respite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.policy.RetryPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyNamesTest {

    /** The error message for an unknown key lists all keys. */
    @Test
    void isKey_everyPolicyKey_isTrue() {
        String message = catchThrowable(() -> RetryPolicy.parse("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=1"))
                .getMessage();
        String keys = message.substring(message.indexOf("use one of ") + 11);

        assertThat(List.of(keys.split(", ", -1)))
                .hasSizeGreaterThan(10)
                .contains("max-attempts")
                .allMatch(KeyNames::isKey);
    }
}
