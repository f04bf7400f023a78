package dev.respite.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
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
class KeyFieldTest {

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
        for (boolean isBareAllowed : new boolean[] {false, true}) {
            assertThatThrownBy(() -> KeyField.parse(List.of(connection), isBareAllowed))
                    .isInstanceOf(IllegalArgumentException.class)
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
        assertThatThrownBy(() -> KeyField.parse(List.of("\"a\"", "\"a\""), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 keys");
        assertThatThrownBy(() -> KeyField.parse(List.of(), false)).isInstanceOf(IllegalArgumentException.class);
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
        assertThat(KeyField.parse(List.of(" \t\"k\"\t "), false)).isEqualTo(quoted("k"));
    }

    @Test
    void fault48_quotedAndBare_areTheSameKey() {
        assertThat(bare("8e03978e-40d5-43dd-bc93-6894a57f9324"))
                .isEqualTo(quoted("8e03978e-40d5-43dd-bc93-6894a57f9324"));
        assertThatThrownBy(() -> KeyField.parse(List.of("k"), false)).hasMessageContaining("quotes");
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
        for (boolean isBareAllowed : new boolean[] {false, true}) {
            assertThat(KeyField.parse(List.of("\"k\"" + parameters), isBareAllowed))
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
        assertThatThrownBy(() -> KeyField.parse(List.of("\"k\"" + parameters), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing else");
    }

    @Test
    void fault47_parametersTooLong_areRejectedAtOnce() {
        assertThat(KeyField.parse(List.of("\"k\"" + ";p=1".repeat(64)), false)).isEqualTo(quoted("k"));
        assertThatThrownBy(() -> KeyField.parse(List.of("\"k\"" + ";p=1".repeat(65)), false))
                .hasMessageContaining("256");
        assertThatThrownBy(() -> KeyField.parse(List.of("\"k\";p=\"" + "\\\"".repeat(50_000) + "\""), false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 500)
    void parse_anyPrintableText_comesBack(
            @ForAll @CharRange(from = ' ', to = '~') @StringLength(min = 1, max = 255) String text) {
        assertThat(quoted(text.replace("\\", "\\\\").replace("\"", "\\\"")).value())
                .isEqualTo(text);
    }

    @Property
    void parse_anything_isAKeyOrRefused(@ForAll @StringLength(max = 300) String text) {
        for (boolean isBareAllowed : new boolean[] {false, true}) {
            try {
                assertThat(KeyField.parse(List.of(text), isBareAllowed).value()).matches("[ -~]{1,255}");
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageNotContaining("\n");
            }
        }
    }

    private static IdempotencyKey quoted(String key) {
        return KeyField.parse(List.of('"' + key + '"'), false);
    }

    private static IdempotencyKey bare(String key) {
        return KeyField.parse(List.of(key), true);
    }
}
