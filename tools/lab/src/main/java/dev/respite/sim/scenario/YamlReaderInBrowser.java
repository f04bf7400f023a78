package dev.respite.sim.scenario;

import dev.respite.lab.Json;
import dev.respite.lab.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link YamlReader} for the part of YAML that is JSON. */
final class YamlReaderInBrowser {

    private YamlReaderInBrowser() {}

    static Optional<Yaml.Node> read(String file, String text) {
        try {
            return Optional.of(node(JsonReader.read(text)));
        } catch (JsonReader.NotJsonException broken) {
            throw new InvalidScenarioException(file + ": this is not JSON: " + broken.getMessage());
        }
    }

    private static Yaml.Node node(Json json) {
        if (json instanceof Json.Members members) {
            List<Yaml.Entry> entries = new ArrayList<>();
            for (Json.Member member : members.members()) {
                entries.add(new Yaml.Entry(new Yaml.Text(member.line(), member.name()), node(member.value())));
            }
            return new Yaml.Keys(json.line(), entries);
        }
        if (json instanceof Json.Elements elements) {
            List<Yaml.Node> nodes = new ArrayList<>();
            for (Json element : elements.elements()) {
                nodes.add(node(element));
            }
            return new Yaml.Items(json.line(), nodes);
        }
        return new Yaml.Text(json.line(), ((Json.Scalar) json).text());
    }
}
