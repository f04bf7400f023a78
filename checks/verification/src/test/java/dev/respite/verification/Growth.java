package dev.respite.verification;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The size of the tree by kind, and what a change adds to it. */
final class Growth {

    private final Map<Measure, Long> sizes = new EnumMap<>(Measure.class);
    private final Map<Measure, Long> added = new EnumMap<>(Measure.class);

    private Growth() {}

    /**
     * Compares the files of the working tree with the files of a commit. The untracked files count as size, not as growth.
     *
     * @param base the commit; an unknown one has the files of the working tree
     */
    static Growth since(Path root, String base, Set<String> published) throws IOException, InterruptedException {
        Growth growth = new Growth();
        for (String path : git(root, "ls-files", "--cached", "--others", "--exclude-standard")) {
            Path file = root.resolve(path);
            if (Files.isRegularFile(file) && Measure.isText(path)) {
                add(growth.sizes, 1, path, Files.readString(file), published);
            }
        }
        for (String path : git(root, "diff", "--name-only", "--no-renames", base, "--")) {
            if (Measure.isText(path)) {
                Path file = root.resolve(path);
                add(growth.added, 1, path, Files.exists(file) ? Files.readString(file) : "", published);
                add(growth.added, -1, path, String.join("\n", git(root, "show", base + ":" + path)), published);
            }
        }
        return growth;
    }

    private static void add(Map<Measure, Long> sums, int sign, String path, String text, Set<String> published) {
        for (Measure measure : Measure.values()) {
            sums.merge(measure, sign * measure.of(path, text, published), Long::sum);
        }
    }

    long size(Measure measure) {
        return sizes.getOrDefault(measure, 0L);
    }

    long added(Measure measure) {
        return added.getOrDefault(measure, 0L);
    }

    /** Returns a line for each kind. */
    @Override
    public String toString() {
        return Stream.of(Measure.values())
                .map(measure -> "%-45s %,9d %+,8d".formatted(measure.text(), size(measure), added(measure)))
                .collect(Collectors.joining("\n"));
    }

    /** Returns the lines that Git prints, none if it fails or is not installed. */
    private static List<String> git(Path root, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-c", "core.quotePath=false"));
        command.addAll(List.of(arguments));
        Process git;
        try {
            git = new ProcessBuilder(command)
                    .directory(root.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException notInstalled) {
            return List.of();
        }
        List<String> lines = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return git.waitFor() == 0 ? lines : List.of();
    }
}
