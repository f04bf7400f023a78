package dev.respite.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A mistake that one of our tests must find: a text of one file, and the text that is planted instead.
 *
 * @param name the name of its file, without the ending
 * @param folder the name of its folder
 * @param path the file with the text, from the root of the checkout
 * @param test the test that must find it
 * @param release the lowest release of Java that the test needs
 * @param claim the claim of {@code docs/evidence/claims.md} that the test shows; empty for a fault that is drawn
 * @param before the text, which the file has exactly once
 * @param after the text that is planted
 */
record Fault(
        String name,
        String folder,
        Path path,
        TestName test,
        int release,
        Optional<Claim> claim,
        String before,
        String after) {

    static final String ENDING = ".fault";

    private static final Pattern FORMAT = Pattern.compile(
            "(?<head>.*?)^before:\n(?<before>.*?)^after:\n(?<after>.*)", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Set<String> KEYS = Set.of("file", "test", "release", "claim", "shown");

    /**
     * A test class of a module, or one of its methods.
     *
     * @param module the folder of the module, from the root of the checkout
     * @param type the simple name of the class
     * @param method the name of the method, or an empty text for all of them
     */
    record TestName(String module, String type, String method) {

        @Override
        public String toString() {
            return module + " " + type + (method.isEmpty() ? "" : "#" + method);
        }
    }

    /**
     * A promise of the documents.
     *
     * @param text the promise
     * @param shown the tests and commands that show it, where the tests of its faults are not all of them; otherwise empty
     */
    record Claim(String text, Optional<String> shown) {}

    /** All faults of a folder and its subfolders, by name. */
    static List<Fault> all(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Fault> faults = new ArrayList<>();
            for (Path file : files.filter(each -> each.toString().endsWith(ENDING))
                    .sorted()
                    .toList()) {
                faults.add(read(file));
            }
            return List.copyOf(faults);
        }
    }

    /** Reads a file in the format that {@code CONTRIBUTING.md} shows. */
    static Fault read(Path file) throws IOException {
        Matcher parts = FORMAT.matcher(Files.readString(file));
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    file + ": lines 'before:' and 'after:' are expected, each followed by a text");
        }
        Map<String, String> head = new HashMap<>();
        for (String line : parts.group("head").lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] entry = line.split(": ", 2);
            if (entry.length < 2 || !KEYS.contains(entry[0])) {
                throw new IllegalArgumentException(
                        file + ": '" + line + "' is no 'file: PATH', 'test: MODULE CLASS#METHOD', 'release: NUMBER',"
                                + " 'claim: TEXT' or 'shown: TESTS'");
            }
            head.put(entry[0], entry[1].strip());
        }
        if (!head.containsKey("file") || !head.containsKey("test")) {
            throw new IllegalArgumentException(file + ": 'file: PATH' and 'test: MODULE CLASS#METHOD' are required");
        }
        String before = parts.group("before").stripTrailing();
        String after = parts.group("after").stripTrailing();
        if (before.isBlank() || before.equals(after)) {
            throw new IllegalArgumentException(
                    file + ": the text after 'before:' is required, and differs from the one after 'after:'");
        }
        String name = file.getFileName().toString();
        return new Fault(
                name.substring(0, name.length() - ENDING.length()),
                file.getName(file.getNameCount() - 2).toString(),
                Path.of(head.get("file")),
                test(file, head.get("test")),
                Integer.parseInt(head.getOrDefault("release", "17")),
                Optional.ofNullable(head.get("claim"))
                        .map(text -> new Claim(text, Optional.ofNullable(head.get("shown")))),
                before,
                after);
    }

    private static TestName test(Path file, String text) {
        Matcher test = Pattern.compile("(?<module>\\S+) (?<type>\\w+)(#(?<method>\\w+))?")
                .matcher(text);
        if (!test.matches()) {
            throw new IllegalArgumentException(file + ": '" + text + "' is no 'MODULE CLASS' or 'MODULE CLASS#METHOD'");
        }
        String method = test.group("method");
        return new TestName(test.group("module"), test.group("type"), method == null ? "" : method);
    }

    /** Returns whether a name is this one's or its folder's. */
    boolean isNamed(String other) {
        return other.equals(name) || other.equals(folder);
    }

    /** The text of the file with the fault. */
    String plantedIn(Path root) {
        Path file = root.resolve(path);
        String source;
        try {
            source = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Fault " + name + " names " + path + ", which cannot be read", e);
        }
        int first = source.indexOf(before);
        if (first < 0 || source.indexOf(before, first + 1) >= 0) {
            throw new IllegalArgumentException(
                    "Fault %s: %s has its old text %s. It must have it once: move the fault with the code:%n%s"
                            .formatted(name, path, first < 0 ? "not at all" : "more than once", before));
        }
        return source.substring(0, first) + after + source.substring(first + before.length());
    }
}
