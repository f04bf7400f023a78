package dev.respite.sim.scenario;

import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Some keys and their values in a file, which know where they stand: whatever is refused is refused with its line. */
final class YamlSection {

    private final String file;
    private final String path;
    private final int line;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** The settings from outside for this section, by the key below it. */
    private final Map<String, String> settings;

    private record Entry(int line, Yaml.@Nullable Node node) {}

    private YamlSection(String file, String path, int line, Yaml.@Nullable Node node, Map<String, String> settings) {
        this.file = file;
        this.path = path;
        this.line = line;
        this.settings = settings;
        if (node instanceof Yaml.Keys keys) {
            for (Yaml.Entry entry : keys.entries()) {
                Yaml.Node key = entry.key();
                if (!(key instanceof Yaml.Text name)) {
                    throw refused(key.line(), path, "a key is one word");
                }
                if (entries.put(name.text(), new Entry(key.line(), entry.value())) != null) {
                    throw refused(key.line(), path + name.text(), "it is given twice; leave one of them out");
                }
            }
        } else if (node != null) {
            throw refused(node.line(), path.isEmpty() ? "scenario" : path, "expected keys and values");
        }
        for (String key : settings.keySet()) {
            int dot = key.indexOf('.');
            entries.putIfAbsent(dot < 0 ? key : key.substring(0, dot), new Entry(line, null));
        }
    }

    static YamlSection parse(String file, String text, Map<String, String> settings) {
        return new YamlSection(file, "", 1, YamlReader.read(file, text).orElse(null), settings);
    }

    /** Refuses keys that are none of these, and names the nearest. */
    @SafeVarargs
    final void allow(List<String>... keys) {
        List<String> known = new ArrayList<>();
        for (List<String> some : keys) {
            known.addAll(some);
        }
        entries.forEach((key, entry) -> {
            if (!known.contains(key)) {
                String message = "unknown key '" + ValueFormat.shortened(key) + "'" + Spelling.suggestion(key, known);
                throw new InvalidScenarioException(where(entry.line()) + ": " + message);
            }
        });
    }

    List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    Optional<Value> value(String key) {
        Entry entry = entries.get(key);
        String setting = settings.get(key);
        for (String deeper : below(key).keySet()) {
            throw refuse(
                    key + "." + deeper,
                    "there is nothing below " + ValueFormat.shortened(path + key) + ", which is one value");
        }
        if (setting != null) {
            return Optional.of(new Value(this, key, entry == null ? line : entry.line(), setting));
        }
        if (entry == null || entry.node() == null) {
            return Optional.empty();
        }
        if (!(entry.node() instanceof Yaml.Text one)) {
            throw refused(entry.line(), path + key, "expected one value");
        }
        return Optional.of(new Value(this, key, entry.line(), one.text().strip()));
    }

    Value required(String key) {
        return value(key).orElseThrow(() -> refuse(key, "it is missing"));
    }

    Optional<YamlSection> section(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        refuseOneValue(key);
        // "store:" with nothing behind it is a service with its defaults.
        Yaml.Node node = entry.node() instanceof Yaml.Text one && one.text().isEmpty() ? null : entry.node();
        return Optional.of(new YamlSection(file, path + key + ".", entry.line(), node, below(key)));
    }

    List<YamlSection> sections(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return List.of();
        }
        refuseOneValue(key);
        if (!(entry.node() instanceof Yaml.Items list)) {
            throw refused(entry.line(), path + key, "expected a list: each begins with '- '");
        }
        int size = list.nodes().size();
        for (String deeper : below(key).keySet()) {
            String number = deeper.split("\\.", 2)[0];
            if (!number.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(number) >= size) {
                throw refused(entry.line(), path + key + "." + deeper, "there are " + size + " in the file, from 0 on");
            }
        }
        List<YamlSection> sections = new ArrayList<>();
        for (Yaml.Node node : list.nodes()) {
            String name = key + "." + sections.size();
            sections.add(new YamlSection(file, path + name + ".", node.line(), node, below(name)));
        }
        return sections;
    }

    private void refuseOneValue(String key) {
        String setting = settings.get(key);
        if (setting != null) {
            throw refuse(key, "'" + ValueFormat.shortened(setting) + "': it has keys below it; set those");
        }
    }

    /** Refuses keys that are set, and are not in the file. */
    void refuseAdded(String what) {
        List<String> known = entries.entrySet().stream()
                .filter(entry -> entry.getValue().node() != null)
                .map(Map.Entry::getKey)
                .toList();
        for (String key : settings.keySet()) {
            String name = key.split("\\.", 2)[0];
            if (!known.contains(name)) {
                throw refuse(
                        key,
                        "unknown " + what + " '" + ValueFormat.shortened(name) + "'"
                                + Spelling.suggestion(name, known));
            }
        }
    }

    private Map<String, String> below(String key) {
        Map<String, String> below = new LinkedHashMap<>();
        settings.forEach((setting, value) -> {
            if (setting.startsWith(key + ".")) {
                below.put(setting.substring(key.length() + 1), value);
            }
        });
        return below;
    }

    /** Returns the object, changed by a key if the key is there. */
    <T> T apply(T thing, String key, BiFunction<T, String, T> change) {
        return value(key)
                .map(value -> value.read(text -> change.apply(thing, text)))
                .orElse(thing);
    }

    <T> T get(String key, Supplier<T> made) {
        try {
            return made.get();
        } catch (InvalidScenarioException wrong) {
            throw hasPlace(wrong) ? wrong : refuse(key, String.valueOf(wrong.getMessage()));
        }
    }

    InvalidScenarioException refuse(String key, String message) {
        Entry entry = entries.get(key);
        return refused(entry == null ? line : entry.line(), path + key, message);
    }

    private boolean hasPlace(InvalidScenarioException wrong) {
        return String.valueOf(wrong.getMessage()).startsWith(file + ", line ");
    }

    private InvalidScenarioException refused(int at, String key, String message) {
        return new InvalidScenarioException(where(at) + ", " + ValueFormat.shortened(key) + ": " + message);
    }

    private String where(int at) {
        return file + ", line " + at;
    }

    /** One value, and where it stands. */
    record Value(YamlSection section, String key, int line, String text) {

        void check(Consumer<String> rule) {
            String unused = read(read -> {
                rule.accept(read);
                return read;
            });
        }

        <T> T read(Function<String, T> reader) {
            try {
                return reader.apply(text);
            } catch (InvalidScenarioException wrong) {
                throw section.hasPlace(wrong)
                        ? wrong
                        : section.refused(line, section.path + key, String.valueOf(wrong.getMessage()));
            }
        }
    }
}
