package dev.respite.sim.scenario;

import dev.respite.text.ValueFormat;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Reads YAML: the one class here that knows the library. The lab, in which the library cannot run, has another in its place. */
final class YamlReader {

    private static final int MAX_LENGTH = 256 * 1024;
    private static final int MAX_DEPTH = 100;

    /** Names are printed, and a terminal would obey them. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\n\t]]");

    /** An alias makes a file as long as if its text stood there again. */
    private static final int MAX_ALIASES = 100;

    private final String file;

    /** The nodes that have been read. An alias is the same node again. */
    private final IdentityHashMap<Node, Yaml.Node> read = new IdentityHashMap<>();

    private YamlReader(String file) {
        this.file = file;
    }

    /** Reads a text and returns its root; empty if it has nothing but comments. Messages contain the name of the file. */
    static Optional<Yaml.Node> read(String file, String text) {
        try {
            // With a buffer for the whole text: a smaller one is copied again and again while a long token is read.
            LoadSettings load = LoadSettings.builder()
                    .setLabel(file)
                    .setCodePointLimit(MAX_LENGTH)
                    .setBufferSize(text.length() + 1)
                    .build();
            requireShallow(file, new ParserImpl(load, new StreamReader(load, text)));
            return new Composer(load, new ParserImpl(load, new StreamReader(load, text)))
                    .getSingleNode()
                    .map(new YamlReader(file)::node);
        } catch (YamlEngineException broken) {
            throw new InvalidScenarioException(file + ": this is not YAML: "
                    + String.valueOf(broken.getMessage())
                            .lines()
                            .map(ValueFormat::shortened)
                            .collect(Collectors.joining("\n")));
        }
    }

    /** Events are read one by one, and nodes by recursion: a deep file would exhaust the stack. */
    private static void requireShallow(String file, Parser events) {
        int depth = 0;
        int aliases = 0;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                throw new InvalidScenarioException(file + ", line " + lineOf(event.getStartMark()) + ": more than "
                        + MAX_DEPTH + " levels; no key of a scenario needs as many");
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
            if (event instanceof AliasEvent && ++aliases > MAX_ALIASES) {
                throw new InvalidScenarioException(file + ", line " + lineOf(event.getStartMark()) + ": more than "
                        + MAX_ALIASES + " aliases; write some of the values that they stand for");
            }
        }
    }

    private Yaml.Node node(Node node) {
        if (node.isRecursive()) {
            throw new InvalidScenarioException(file + ", line " + lineOf(node)
                    + ": this contains itself by an alias; write what it should contain");
        }
        Yaml.Node before = read.get(node);
        if (before != null) {
            return before;
        }
        Yaml.Node now = convert(node);
        read.put(node, now);
        return now;
    }

    private Yaml.Node convert(Node node) {
        if (node instanceof MappingNode mapping) {
            List<Yaml.Entry> entries = new ArrayList<>();
            for (NodeTuple tuple : mapping.getValue()) {
                entries.add(new Yaml.Entry(node(tuple.getKeyNode()), node(tuple.getValueNode())));
            }
            return new Yaml.Keys(lineOf(node), List.copyOf(entries));
        }
        if (node instanceof SequenceNode list) {
            return new Yaml.Items(
                    lineOf(node), list.getValue().stream().map(this::node).toList());
        }
        String text = ((ScalarNode) node).getValue();
        if (CONTROL.matcher(text).find()) {
            throw new InvalidScenarioException(
                    file + ", line " + lineOf(node) + ": a control character; no value of a scenario has one");
        }
        return new Yaml.Text(lineOf(node), text);
    }

    private static int lineOf(Node node) {
        return lineOf(node.getStartMark());
    }

    private static int lineOf(Optional<Mark> mark) {
        return mark.map(known -> known.getLine() + 1).orElse(1);
    }
}
