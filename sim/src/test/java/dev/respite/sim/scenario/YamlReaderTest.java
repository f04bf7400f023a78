package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class YamlReaderTest {

    @Test
    void alias_isTheNodeAgain() {
        Yaml.Keys root =
                (Yaml.Keys) YamlReader.read("file", "a: &x\n  b: 1\nc: *x\n").orElseThrow();
        assertThat(root.entries().get(1).value()).isSameAs(root.entries().get(0).value());
        assertThat(root.entries().get(1).value().line()).isEqualTo(1);
    }

    @Test
    void aliasWithinItself_isRefused() {
        assertThatThrownBy(() -> ScenarioFile.parse("services: &x\n  store: *x\n"))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("scenario, line 1: this contains itself by an alias; write what it should contain");
    }
}
