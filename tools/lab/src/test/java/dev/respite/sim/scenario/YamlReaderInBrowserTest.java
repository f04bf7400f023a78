package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderInBrowserTest {

    /** In one line, as the page writes it. */
    @Test
    void json_isReadAsYamlReadsIt() {
        String json =
                "{\"name\": \"a \\\"b\\\" \\u00e9\\n\", \"services\": {\"store\": {\"workers\": 3, \"ratio\": -1.5e3, \"none\": null,"
                        + " \"yes\": true, \"empty\": \"\"}}, \"list\": [1, \"two\", [], {}, {\"three\": [3]}]}";
        assertThat(YamlReaderInBrowser.read("file", json)).isEqualTo(YamlReader.read("file", json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void read_moreThanAHundredLevels_isRefused(String level) {
        for (int levels : new int[] {101, 1_000, 100_000}) {
            assertThatThrownBy(() -> YamlReaderInBrowser.read("file", level.repeat(levels)))
                    .isInstanceOf(InvalidScenarioException.class)
                    .hasMessageContaining("more than 100 levels");
        }
    }

    @Test
    void read_aHundredLevels_isTheValue() {
        String json = "[".repeat(100) + "\"]\\\"[{\"" + "]".repeat(100);

        assertThat(YamlReaderInBrowser.read("file", json)).isEqualTo(YamlReader.read("file", json));
    }

    @Test
    void read_longTokenThatIsNotJson_isNotEchoedWhole() {
        assertThatThrownBy(() -> YamlReaderInBrowser.read("file", "0".repeat(50_000)))
                .message()
                .hasSizeLessThan(400);
    }

    @Test
    void textThatIsNotJson_isRefusedWithItsLine() {
        assertThatThrownBy(() -> YamlReaderInBrowser.read("file", "{\"a\": 1,\n b: 2}"))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("file: this is not JSON: Unexpected token 'b' on line 2, char 2");
    }
}
