package dev.respite.cli;

import dev.respite.cli.console.TextFormat;
import dev.respite.sim.scenario.BuiltIn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Formats the list of the scenarios: what each one shows, and what can be set in it. */
final class ScenarioList {

    private static final int NAME = 22;
    private static final String INDENT = " ".repeat(2 + NAME);

    private ScenarioList() {}

    static List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Scenarios, and their settings (--set KEY=VALUE):");
        for (BuiltIn scenario : BuiltIn.all()) {
            String settings = scenario.settings().entrySet().stream()
                    .map(setting -> setting.getKey() + "=" + setting.getValue())
                    .collect(Collectors.joining(" "));
            add(lines, scenario.name(), scenario.description(), settings);
        }
        lines.add("");
        lines.add("Run one: respite simulate metastable");
        lines.add("As a file to change: respite simulate metastable --print");
        return lines;
    }

    private static void add(List<String> lines, String name, String about, String settings) {
        lines.add(TextFormat.wrap("  " + TextFormat.left(name, NAME), INDENT, about));
        lines.add(TextFormat.wrap(INDENT, INDENT, settings));
    }
}
