package dev.respite.cli.console;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageExceptionTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1_000})
    void requireRange_fromTheLeastToTheLargest_accepts(int value) {
        assertThatCode(() -> UsageException.requireRange("--seeds", value, 1, 1_000))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, 0, 1_001})
    void requireRange_outside_isRefusedWithTheRange(int value) {
        assertThatThrownBy(() -> UsageException.requireRange("--seeds", value, 1, 1_000))
                .isInstanceOf(UsageException.class)
                .hasMessage("--seeds " + value + ": expected a whole number from 1 to 1,000");
    }
}
