package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {

    @Test
    void minted_uuidOfVersion7_returnsItsTime() {
        assertThat(IdempotencyKey.of("017F22E2-79B0-7CC3-98C4-DC0C0C07398F").keyTime())
                .contains(Instant.parse("2022-02-22T19:22:22Z"));
        assertThat(IdempotencyKey.of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").keyTime())
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
                "017f22e2-79b0-7cc3-18c4-dc0c0c07398f",
                "017f22e279b07cc398c4dc0c0c07398f",
                "17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                "order 4711"
            })
    void minted_anyOtherKey_isEmpty(String key) {
        assertThat(IdempotencyKey.of(key).keyTime()).isEmpty();
    }

    @Test
    void key_atItsLimits_isAcceptedAndBeyondThemRejectedWithTheRule() {
        assertThat(IdempotencyKey.of("k".repeat(255)).value()).hasSize(255);
        assertThat(IdempotencyKey.of(" ~").value()).isEqualTo(" ~");
        assertThatThrownBy(() -> IdempotencyKey.of("")).hasMessageContaining("empty");
        assertThatThrownBy(() -> IdempotencyKey.of("k".repeat(256))).hasMessageContaining("256 characters");
        assertThatThrownBy(() -> IdempotencyKey.of("ab\u001f")).hasMessageContaining("character 3 ");
        assertThatThrownBy(() -> IdempotencyKey.of("\u007f")).hasMessageContaining("character 1 ");
    }

    @Test
    void toString_omitsTheKey() {
        assertThat(IdempotencyKey.of("secret").toString()).doesNotContain("secret");
        assertThat(Scope.of("alice@example.com").toString()).doesNotContain("alice");
        assertThat(IdempotencyFixture.call("alice", "pay", "secret", 1).toString())
                .doesNotContain("secret")
                .doesNotContain("alice");
    }
}
