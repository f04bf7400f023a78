package dev.respite.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFormatTest {

    @ParameterizedTest
    @CsvSource({
        "0,0 ms",
        "1,1 ns",
        "1500,1.5 us",
        "900000,900 us",
        "1000000,1 ms",
        "12345678,12.3 ms",
        "123456789,123 ms",
        "999600000,1 s",
        "1044000000,1.04 s",
        "119000000000,119 s",
        "120000000000,2 min",
        "7200000000000,2 h"
    })
    void time_anyDuration_hasThreeDigits(long nanos, String text) {
        assertThat(TextFormat.time(nanos)).isEqualTo(text);
    }

    @Test
    void wrap_longText_breaksBetweenWords() {
        String wrapped = TextFormat.wrap("> ", "  ", "word ".repeat(40).strip());

        assertThat(wrapped.lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line)
                        .hasSizeLessThanOrEqualTo(TextFormat.WIDTH)
                        .endsWith("word"));
        assertThat(wrapped).startsWith("> word");
    }
}
