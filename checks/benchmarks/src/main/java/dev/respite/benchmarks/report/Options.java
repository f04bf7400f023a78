package dev.respite.benchmarks.report;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The options of a benchmark, taken from its command line one by one. */
public final class Options {

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

    private final List<String> left;

    private Options(String[] arguments) {
        this.left = new ArrayList<>(List.of(arguments));
    }

    /** A benchmark. */
    @FunctionalInterface
    public interface Program {

        /**
         * Runs the benchmark.
         *
         * @param options its options
         * @param messages receives progress
         * @return its tables
         * @throws Exception if it fails
         */
        String run(Options options, PrintStream messages) throws Exception;
    }

    /**
     * Runs a benchmark, prints its tables and ends the process. Threads of embedded stores and of clients are not waited for.
     *
     * @param usage the text of {@code --help}
     * @param arguments the command line
     * @param program the benchmark
     */
    public static void run(String usage, String[] arguments, Program program) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream messages = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int status = 0;
        if (List.of(arguments).contains("--help")) {
            out.println(usage);
        } else {
            try {
                out.print(program.run(new Options(arguments), messages));
            } catch (IllegalArgumentException wrong) {
                messages.println(wrong.getMessage() + "\n" + usage);
                status = 64;
            } catch (Exception failed) {
                failed.printStackTrace(messages);
                status = 1;
            }
        }
        System.exit(status);
    }

    /**
     * Takes an option without a value.
     *
     * @param name the option
     * @return whether it is given
     */
    public boolean flag(String name) {
        return left.remove(name);
    }

    /**
     * Takes an option with a value.
     *
     * @param name the option
     * @param usual its value if it is not given
     * @return its value
     */
    public String text(String name, String usual) {
        int at = left.indexOf(name);
        if (at < 0) {
            return usual;
        }
        if (at + 1 == left.size()) {
            throw new IllegalArgumentException(name + " needs a value");
        }
        left.remove(at);
        return left.remove(at);
    }

    /**
     * Takes an option with a number of at least 1.
     *
     * @param name the option
     * @param usual its value if it is not given
     * @return its value
     */
    public int number(String name, int usual) {
        String text = text(name, Integer.toString(usual));
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(name + " " + text + ": needs a whole number of at least 1");
        }
        return Integer.parseInt(text);
    }

    /**
     * Takes an option with a number of at least 1 that replaces several usual ones.
     *
     * @param name the option
     * @param usual the numbers if it is not given
     * @return the numbers
     */
    public List<Integer> numbers(String name, Integer... usual) {
        return left.contains(name) ? List.of(number(name, 1)) : List.of(usual);
    }

    /**
     * Takes the option {@code --only} and selects the rows that it matches.
     *
     * @param rows all rows
     * @param <R> the type of a row
     * @return the rows in whose text the regular expression is found; all of them without the option
     */
    public <R> List<R> only(List<R> rows) {
        Pattern pattern = Pattern.compile(text("--only", ""));
        List<R> found = rows.stream()
                .filter(row -> pattern.matcher(row.toString()).find())
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("nothing matches " + pattern);
        }
        return found;
    }

    /** Rejects options that no method has taken. */
    public void end() {
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("unknown option: " + left.get(0));
        }
    }
}
