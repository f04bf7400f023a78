package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class YamlReaderInBrowserTest {

    /** In one line, as the page writes it. */
    @Test
    void json_isReadAsYamlReadsIt() {
        String json =
                "{\"name\": \"a \\\"b\\\" \\u00e9\\n\", \"services\": {\"store\": {\"workers\": 3, \"ratio\": -1.5e3, \"none\": null,"
                        + " \"yes\": true, \"empty\": \"\"}}, \"list\": [1, \"two\", [], {}, {\"three\": [3]}]}";
        assertThat(YamlReaderInBrowser.read("file", json)).isEqualTo(YamlReader.read("file", json));
    }

    @Test
    void textThatIsNotJson_isRefusedWithItsLine() {
        assertThatThrownBy(() -> YamlReaderInBrowser.read("file", "{\"a\": 1,\n b: 2}"))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("file: this is not JSON: Unexpected token 'b' on line 2, char 2");
    }
}
