package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The declaration of a task. */
class DurableTaskTest {

    private static final DurableTask<String> PAYMENT = DurableTask.of("payment", DataCodec.text());

    private static byte[] bytes(String data) {
        return data.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two parts", "it's", "é"})
    void of_aNameThatIsNone_isRejected(String name) {
        assertThatThrownBy(() -> DurableTask.of(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("task name '" + name
                        + "': use 1 to 100 letters, digits, dots, slashes, hyphens and underscores, such as 'payment'");
    }

    @Test
    void of_aNameOfTheGreatestLength_isAccepted() {
        assertThat(DurableTask.of("a".repeat(100)).name()).hasSize(100);
        assertThatThrownBy(() -> DurableTask.of("a".repeat(101))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withVersion_belowOneOrAfterAnUpgrade_isRejected() {
        assertThat(PAYMENT.withVersion(1).version()).isEqualTo(1);
        assertThat(PAYMENT.withVersion(3).withUpgrade(3, data -> data).version())
                .isEqualTo(4);
        assertThatThrownBy(() -> PAYMENT.withVersion(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 0 of task 'payment', which has 0 upgrades");
        assertThatThrownBy(() -> PAYMENT.withUpgrade(1, data -> data).withVersion(5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 5 of task 'payment', which has 1 upgrades");
    }

    @Test
    void withUpgrade_fromAnotherVersion_isRejected() {
        assertThatThrownBy(() -> PAYMENT.withUpgrade(2, data -> data))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("an upgrade from version 2 of task 'payment': its data is of version 1");
    }

    @Test
    void decode_ofAnEarlierVersion_appliesTheUpgradesFromThatVersionOn() {
        DurableTask<String> third = PAYMENT.withUpgrade(
                        1, data -> bytes(new String(data, StandardCharsets.UTF_8) + " b"))
                .withUpgrade(2, data -> bytes(new String(data, StandardCharsets.UTF_8) + " c"));
        assertThat(third.decode(1, bytes("a"))).isEqualTo("a b c");
        assertThat(third.decode(2, bytes("a"))).isEqualTo("a c");
        assertThat(third.decode(3, bytes("a"))).isEqualTo("a");
    }

    @Test
    void withMaxConcurrentCalls_belowOne_isRejected() {
        assertThatThrownBy(() -> PAYMENT.withMaxConcurrentCalls(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "0 concurrent calls of task 'payment': give 1 or more, or do not add the task to this instance");
        assertThat(PAYMENT.limits()).isEqualTo(Seats.Limits.NONE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1_000_001, Double.NaN, Double.POSITIVE_INFINITY})
    void withMaxRate_outOfItsRange_isRejected(double perSecond) {
        assertThatThrownBy(() -> PAYMENT.withMaxRate(perSecond))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(perSecond + " calls a second: it must be above 0, up to 1000000; leave out the rate of task"
                        + " 'payment' for no limit");
    }

    @Test
    void limits_areRetained_whateverElseIsSet() {
        DurableTask<String> limited = PAYMENT.withMaxConcurrentCalls(3)
                .withMaxRate(0.5)
                .withPause()
                .withPinnedPolicy()
                .withMaxDataBytes(7)
                .withVersion(2);
        assertThat(limited.limits()).isEqualTo(new Seats.Limits(OptionalInt.of(3), OptionalDouble.of(0.5)));
        assertThat(limited.isPausing()).isTrue();
        assertThat(limited.encode("1234567")).hasSize(7);
    }

    @Test
    void withMaxDataBytes_isTheGreatestLength_whateverElseIsSet() {
        assertThatThrownBy(() -> PAYMENT.withMaxDataBytes(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a limit of 0 bytes for the data of task 'payment': give 1 or more");
        DurableTask<String> one =
                PAYMENT.withMaxDataBytes(1).withPause().withPinnedPolicy().withVersion(2);
        assertThat(one.encode("1")).hasSize(1);
        assertThatThrownBy(() -> one.encode("12"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 2 bytes, and at most 1 are stored");
        assertThat(one.isPausing()).isTrue();
        assertThat(one.isPinned()).isTrue();
    }
}
