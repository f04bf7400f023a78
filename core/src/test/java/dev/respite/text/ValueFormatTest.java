package dev.respite.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ValueFormatTest {

    @Test
    void shortened_twoHundredCharacters_isTheWholeValue() {
        assertThat(ValueFormat.shortened("a".repeat(200))).isEqualTo("a".repeat(200));
    }

    @Test
    void shortened_longerValue_isItsBeginningAndItsLength() {
        assertThat(ValueFormat.shortened("a".repeat(1_000_000))).isEqualTo("a".repeat(200) + "… (1000000 characters)");
    }

    @Test
    void shortened_surrogatePairAtTheCut_isNotSplit() {
        String value = "a".repeat(199) + "\uD83D\uDE00" + "b";

        assertThat(ValueFormat.shortened(value)).isEqualTo("a".repeat(199) + "… (202 characters)");
    }
}
