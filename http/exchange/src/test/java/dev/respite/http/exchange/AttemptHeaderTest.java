package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader of the attempt's number, against whatever is sent to a server. */
@Tag("cases")
class AttemptHeaderTest {

    @Property
    void numberOf_whatTheClientSends_isThat(@ForAll @IntRange(min = 2, max = AttemptHeader.MAX_NUMBER) int number) {
        assertThat(AttemptHeader.numberOf(List.of(Integer.toString(number)))).isEqualTo(number);
    }

    @Property
    void numberOf_anything_isInItsRange(@ForAll List<String> lines) {
        assertThat(AttemptHeader.numberOf(lines)).isBetween(1, AttemptHeader.MAX_NUMBER);
    }

    @Test
    void numberOf_noHeader_isTheFirst() {
        assertThat(AttemptHeader.numberOf(List.of())).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1000", "1001", "2147483648", "9223372036854775808", "99999999999999999999999999"})
    void numberOf_manyAttempts_areTheMost(String digits) {
        assertThat(AttemptHeader.numberOf(List.of(digits))).isEqualTo(1_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "02", "+2", "-2", "2.0", "2, 3", "two", "0x2", "٢", "2\u00a0", "1"})
    void numberOf_anythingElse_isTheFirst(String line) {
        assertThat(AttemptHeader.numberOf(List.of(line))).isEqualTo(1);
    }

    @Test
    void numberOf_twoLines_isTheFirst() {
        assertThat(AttemptHeader.numberOf(List.of("2", "3"))).isEqualTo(1);
    }

    @Test
    void numberOf_blanksOfHttp_areNoPartOfIt() {
        assertThat(AttemptHeader.numberOf(List.of(" \t2 "))).isEqualTo(2);
    }
}
