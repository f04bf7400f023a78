package dev.respite.sim.scenario;

import dev.respite.lab.Json;
import dev.respite.lab.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link YamlReader} for the part of YAML that is JSON. */
final class YamlReaderInBrowser {

    /** The page writes a scenario in one line. */
    private static final int LINE = 1;

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
                entries.add(new Yaml.Entry(new Yaml.Text(LINE, member.name()), node(member.value())));
            }
            return new Yaml.Keys(LINE, entries);
        }
        if (json instanceof Json.Elements elements) {
            List<Yaml.Node> nodes = new ArrayList<>();
            for (Json element : elements.elements()) {
                nodes.add(node(element));
            }
            return new Yaml.Items(LINE, nodes);
        }
        return new Yaml.Text(LINE, ((Json.Scalar) json).text());
    }
}
