package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("cases")
class IdempotencyKeyTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\"\"",
                "\"unterminated",
                "\"",
                "\"a\"b",
                "\"a\", \"b\"",
                "\"a\\x\"",
                "\"a\\",
                "\"a\u0000b\"",
                "\"a\r\nb\"",
                "\"a\tb\"",
                "\"\u00fcmlaut\"",
                "\"\ud83d\ude00\"",
                "a, b",
                "a b",
                "a\\b",
                "a\"b",
                "a;b",
                "a\u0000b",
                "a\u007fb"
            })
    void fault47_hostileKey_isRejectedAndNotRepeated(String connection) {
        for (KeyForm form : KeyForm.values()) {
            assertThatThrownBy(() -> IdempotencyKey.parse(List.of(connection), form))
                    .isInstanceOf(InvalidKeyException.class)
                    .satisfies(error -> assertThat(error.getMessage().chars()).allMatch(c -> c >= ' ' && c <= 0x2026));
        }
    }

    @Test
    void fault47_tooLong_isRejectedAtOnce() {
        String most = "k".repeat(IdempotencyKey.MAX_LENGTH);
        assertThat(quoted(most)).isEqualTo(IdempotencyKey.of(most));
        assertThatThrownBy(() -> quoted(most + "k")).hasMessageContaining("255");
        assertThatThrownBy(() -> quoted("k".repeat(10_000))).hasMessageContaining("255");
        assertThatThrownBy(() -> bare("k".repeat(10_000))).hasMessageContaining("255");
    }

    @Test
    void fault47_twoLinesOrNone_areRejected() {
        assertThatThrownBy(() -> IdempotencyKey.parse(List.of("\"a\"", "\"a\""), KeyForm.QUOTED))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining("2 keys");
        assertThatThrownBy(() -> IdempotencyKey.parse(List.of(), KeyForm.QUOTED))
                .isInstanceOf(InvalidKeyException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'; drop table respite_idem; --", "{x}:*?[a]", "return redis.call('flushall')", "$(id)", "%00"})
    void fault47_metacharacters_areAKeyLikeAnyOther(String key) {
        IdempotencyKey parsed = quoted(key);
        assertThat(parsed.value()).isEqualTo(key);
        assertThat(Scope.of("a").storageKey("op", parsed).value()).matches("[A-Za-z0-9_-]{43}");
    }

    @Test
    void fault47_caseAndSpaces_makeAnotherKey() {
        assertThat(quoted("K")).isNotEqualTo(quoted("k"));
        assertThat(quoted("k ")).isNotEqualTo(quoted("k"));
        assertThat(IdempotencyKey.parse(List.of(" \t\"k\"\t "), KeyForm.QUOTED)).isEqualTo(quoted("k"));
    }

    @Test
    void fault48_quotedAndBare_areTheSameKey() {
        assertThat(bare("8e03978e-40d5-43dd-bc93-6894a57f9324"))
                .isEqualTo(quoted("8e03978e-40d5-43dd-bc93-6894a57f9324"));
        assertThatThrownBy(() -> IdempotencyKey.parse(List.of("k"), KeyForm.QUOTED))
                .hasMessageContaining("quotes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ";p=1",
                "; p=1",
                ";p",
                ";*p_.-*;q",
                ";p=-12.345;q=token/:x",
                ";p=\"a \\\" ; \\\\ b\"",
                ";p=:aGVsbG8=:",
                ";p=?1",
                ";p=@1659578233",
                ";p=%\"f%c3%bc\""
            })
    void parse_parametersOfTheItem_areIgnored(String parameters) {
        for (KeyForm form : KeyForm.values()) {
            assertThat(IdempotencyKey.parse(List.of("\"k\"" + parameters), form))
                    .isEqualTo(quoted("k"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ";",
                " ;p=1",
                ";p=",
                ";P=1",
                ";p =1",
                ";p= 1",
                ";p=1,",
                ", \"b\"",
                "x",
                ";p=\"a",
                ";p=1.",
                ";p=1.2345",
                ";p=1234567890123456",
                ";p=?2",
                ";p=@1.5",
                ";p=%\"%C3\"",
                ";p=(1 2)",
                ";p=ü"
            })
    void parse_malformedParameter_isRejected(String parameters) {
        assertThatThrownBy(() -> IdempotencyKey.parse(List.of("\"k\"" + parameters), KeyForm.QUOTED))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining("nothing else");
    }

    @Test
    void fault47_parametersTooLong_areRejectedAtOnce() {
        assertThat(IdempotencyKey.parse(List.of("\"k\"" + ";p=1".repeat(64)), KeyForm.QUOTED))
                .isEqualTo(quoted("k"));
        assertThatThrownBy(() -> IdempotencyKey.parse(List.of("\"k\"" + ";p=1".repeat(65)), KeyForm.QUOTED))
                .hasMessageContaining("256");
        assertThatThrownBy(() ->
                        IdempotencyKey.parse(List.of("\"k\";p=\"" + "\\\"".repeat(50_000) + "\""), KeyForm.QUOTED))
                .isInstanceOf(InvalidKeyException.class);
    }

    @Property(tries = 500)
    void parse_anyPrintableText_comesBack(
            @ForAll @CharRange(from = ' ', to = '~') @StringLength(min = 1, max = 255) String text) {
        assertThat(quoted(text.replace("\\", "\\\\").replace("\"", "\\\"")).value())
                .isEqualTo(text);
    }

    @Property
    void parse_anything_isAKeyOrRefused(@ForAll @StringLength(max = 300) String text) {
        for (KeyForm form : KeyForm.values()) {
            try {
                assertThat(IdempotencyKey.parse(List.of(text), form).value()).matches("[ -~]{1,255}");
            } catch (InvalidKeyException refused) {
                assertThat(refused).hasMessageNotContaining("\n");
            }
        }
    }

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
    void toString_omitsTheKey() {
        assertThat(quoted("secret").toString()).doesNotContain("secret");
        assertThat(Scope.of("alice@example.com").toString()).doesNotContain("alice");
        assertThat(IdempotencyFixture.call("alice", "pay", "secret", 1).toString())
                .doesNotContain("secret")
                .doesNotContain("alice");
    }

    private static IdempotencyKey quoted(String key) {
        return IdempotencyKey.parse(List.of('"' + key + '"'), KeyForm.QUOTED);
    }

    private static IdempotencyKey bare(String key) {
        return IdempotencyKey.parse(List.of(key), KeyForm.QUOTED_OR_BARE);
    }
}
