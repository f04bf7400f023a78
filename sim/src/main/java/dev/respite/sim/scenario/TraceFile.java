package dev.respite.sim.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads traces: one time for each call, in seconds from the beginning of the run, each in a line of its own. Empty lines and those
 * that begin with {@code #} are left out.
 */
final class TraceFile {

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}(?:\\.[0-9]{1,9})?");

    private TraceFile() {}

    /**
     * Reads a trace.
     *
     * @param folder where its name leads from
     * @throws InvalidScenarioException if the file cannot be read, or something is wrong in it; it names the file and the line
     */
    static Arrivals.Trace read(Path folder, String name) {
        try {
            return parse(name, Files.readAllLines(folder.resolve(name)));
        } catch (InvalidPathException | NoSuchFileException missing) {
            throw new InvalidScenarioException(
                    "trace " + name + ": there is no such file; its name leads from the folder of the scenario's file");
        } catch (IOException unreadable) {
            throw new InvalidScenarioException("trace " + name + ": it cannot be read: " + unreadable);
        }
    }

    static Arrivals.Trace parse(String name, List<String> lines) {
        List<Duration> times = new ArrayList<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                times.add(time(line, times.isEmpty() ? Duration.ZERO : times.get(times.size() - 1)));
            } catch (InvalidScenarioException wrong) {
                throw new InvalidScenarioException("trace " + name + ", line " + number + ": " + wrong.getMessage());
            }
        }
        return new Arrivals.Trace(name, times);
    }

    private static Duration time(String text, Duration before) {
        if (!SECONDS.matcher(text).matches()) {
            throw new InvalidScenarioException(
                    "'" + text + "': expected seconds from the beginning of the run, such as 12.5");
        }
        Duration time = Formats.readTime(text + "s");
        if (time.compareTo(Duration.ofHours(24)) > 0) {
            throw new InvalidScenarioException(
                    "'" + text + "': must be from 0 to 86400; subtract the time of the beginning from all");
        }
        if (time.compareTo(before) < 0) {
            throw new InvalidScenarioException(
                    "'" + text + "' comes after " + Formats.time(before) + "; sort the times");
        }
        return time;
    }
}
