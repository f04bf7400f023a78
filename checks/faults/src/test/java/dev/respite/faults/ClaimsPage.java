package dev.respite.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The page of the claims, made of the faults and of a frame that has the claims without a fault. */
final class ClaimsPage {

    /** A line of the frame: the folders whose claims stand in its place. */
    private static final Pattern FOLDERS = Pattern.compile("\\{([a-z ]+)}");

    private final List<Fault> faults;

    /** The faults of each claim. A claim stands with its first fault. */
    private final Map<String, List<Fault>> claims = new LinkedHashMap<>();

    ClaimsPage(List<Fault> faults) {
        this.faults = faults;
        for (Fault fault : faults) {
            fault.claim()
                    .ifPresent(claim -> claims.computeIfAbsent(claim.text(), text -> new ArrayList<>())
                            .add(fault));
        }
    }

    /**
     * Fills the frame.
     *
     * @throws IllegalStateException if a folder with claims has no place in the frame
     */
    String fill(Path frame) throws IOException {
        List<String> lines = new ArrayList<>();
        List<String> placed = new ArrayList<>();
        for (String line : Files.readAllLines(frame)) {
            Matcher folders = FOLDERS.matcher(line);
            if (folders.matches()) {
                for (String folder : folders.group(1).split(" ", -1)) {
                    placed.add(folder);
                    claims.forEach((text, found) -> {
                        if (found.get(0).folder().equals(folder)) {
                            lines.add(row(text, found));
                        }
                    });
                }
            } else {
                lines.add(line);
            }
        }
        for (Fault fault : faults) {
            if (fault.claim().isPresent() && !placed.contains(fault.folder())) {
                throw new IllegalStateException("folder '%s' has no place in %s: add it to a line such as {core jdbc}"
                        .formatted(fault.folder(), frame));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String row(String text, List<Fault> faults) {
        String shown = faults.stream()
                .flatMap(fault -> fault.claim().orElseThrow().shown().stream())
                .findFirst()
                .orElseGet(() -> faults.stream()
                        .map(fault ->
                                "`" + fault.test().type() + "` (" + fault.test().module() + ")")
                        .distinct()
                        .collect(Collectors.joining(", ")));
        String names = faults.stream().map(fault -> "`" + fault.name() + "`").collect(Collectors.joining(", "));
        return "| " + text + " | " + shown + " | " + names + " |";
    }
}
