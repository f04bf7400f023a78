package dev.respite.sim.scenario;

import java.util.List;

/** A part of a scenario file as it is written: one value, keys with their values, or a list. */
sealed interface YamlNode {

    /** The line where it begins, from 1. */
    int line();

    /** One value. */
    record Text(int line, String text) implements YamlNode {}

    /** Keys and their values in the order of the file. A key may stand there twice. */
    record Keys(int line, List<Entry> entries) implements YamlNode {}

    /** A list. */
    record Items(int line, List<YamlNode> nodes) implements YamlNode {}

    /** A key and its value. In YAML a key need not be one value. */
    record Entry(YamlNode key, YamlNode value) {}
}
