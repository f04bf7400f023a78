package dev.respite.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Lines of Java and Kotlin in folders {@code src/main}.
 *
 * @param lines the numbers of the lines, which begin with 1, of each file; files are named from the root of the checkout
 */
record Change(NavigableMap<Path, NavigableSet<Integer>> lines) {

    private static final List<String> SOURCES = List.of(":(glob)**/src/main/**/*.java", ":(glob)**/src/main/**/*.kt");

    private static final Pattern HUNK = Pattern.compile("@@ -\\S+ \\+(\\d+)(?:,(\\d+))? @@.*");

    /** Where a diff names the file with the new lines. */
    private static final String FILE = "+++ b/";

    /**
     * The lines that the working tree adds to a commit, or that differ from it. All lines of a file that is not tracked are added.
     *
     * @throws IllegalArgumentException if there is no such commit
     */
    static Change since(Path root, String base) throws IOException, InterruptedException {
        List<String> diff = git(root, "diff", "-U0", "--no-renames", "--no-color", "--no-ext-diff", base);
        NavigableMap<Path, NavigableSet<Integer>> lines =
                new TreeMap<>(parse(diff).lines());
        for (String file : git(root, "ls-files", "--others", "--exclude-standard")) {
            int count = Files.readAllLines(root.resolve(file)).size();
            lines.put(Path.of(file), numbers(1, count));
        }
        return new Change(lines);
    }

    /** Reads the output of {@code git diff -U0}. */
    static Change parse(List<String> diff) {
        NavigableMap<Path, NavigableSet<Integer>> lines = new TreeMap<>();
        Path file = Path.of("");
        for (String line : diff) {
            Matcher hunk = HUNK.matcher(line);
            if (line.startsWith(FILE)) {
                file = Path.of(line.substring(FILE.length()));
            } else if (hunk.matches()) {
                int count = hunk.group(2) == null ? 1 : Integer.parseInt(hunk.group(2));
                if (count > 0) {
                    lines.computeIfAbsent(file, any -> new TreeSet<>())
                            .addAll(numbers(Integer.parseInt(hunk.group(1)), count));
                }
            }
        }
        return new Change(lines);
    }

    private static NavigableSet<Integer> numbers(int first, int count) {
        return IntStream.range(first, first + count).collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
    }

    private static List<String> git(Path root, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        command.add("--");
        command.addAll(SOURCES);
        Process git = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (git.waitFor() != 0) {
            throw new IllegalArgumentException(
                    String.join(" ", command) + " failed; give a commit of this repository: " + output.strip());
        }
        return output.lines().toList();
    }

    /** Returns how many lines there are. */
    int size() {
        return lines.values().stream().mapToInt(NavigableSet::size).sum();
    }

    /** Returns the lines that a condition selects by their file and number. */
    Change where(BiPredicate<Path, Integer> condition) {
        return new Change(collect(all().filter(line -> condition.test(line.getKey(), line.getValue()))));
    }

    /** Returns at most so many of the lines, another choice for each seed. */
    Change sample(int limit, long seed) {
        List<Map.Entry<Path, Integer>> shuffled = all().collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(shuffled, new Random(seed));
        return new Change(collect(shuffled.stream().limit(limit)));
    }

    private Stream<Map.Entry<Path, Integer>> all() {
        return lines.entrySet().stream()
                .flatMap(file -> file.getValue().stream().map(line -> Map.entry(file.getKey(), line)));
    }

    private static NavigableMap<Path, NavigableSet<Integer>> collect(Stream<Map.Entry<Path, Integer>> chosen) {
        NavigableMap<Path, NavigableSet<Integer>> lines = new TreeMap<>();
        chosen.forEach(line ->
                lines.computeIfAbsent(line.getKey(), any -> new TreeSet<>()).add(line.getValue()));
        return lines;
    }
}
