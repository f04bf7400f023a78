package dev.respite.sim.scenario;

import java.util.List;

/** The nodes of a scenario file, as it is written. */
final class Yaml {

    private Yaml() {}

    /** One value, keys with their values, or a list. */
    sealed interface Node {

        /** Returns the line where it begins, from 1. */
        int line();
    }

    /** One value. */
    record Text(int line, String text) implements Node {}

    /** Keys and their values in the order of the file. A key may occur twice. */
    record Keys(int line, List<Entry> entries) implements Node {}

    /** A list. */
    record Items(int line, List<Node> nodes) implements Node {}

    /** A key and its value. In YAML a key need not be one value. */
    record Entry(Node key, Node value) {}
}
