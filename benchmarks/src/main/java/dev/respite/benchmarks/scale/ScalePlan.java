package dev.respite.benchmarks.scale;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What to run, and how often. */
record ScalePlan(List<MeasuredLibrary> contenders, List<Integer> calls, int rounds) {

    static final String USAGE = """
            usage: bin/bench --scale [--rounds N] [--calls N] [--only PATTERN]
              --rounds N      processes for each row; 5 unless said otherwise
              --calls N       how many wait at once; 100000 and 1000000 unless said otherwise
              --only PATTERN  only what this regular expression is found in, such as Respite or floor
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    static ScalePlan read(List<String> arguments) {
        Pattern only = Pattern.compile("");
        List<Integer> calls = List.of(100_000, 1_000_000);
        int rounds = 5;
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--rounds" -> rounds = number(arguments, ++i);
                case "--calls" -> calls = List.of(number(arguments, ++i));
                case "--only" -> only = Pattern.compile(value(arguments, ++i));
                default -> throw new IllegalArgumentException("unknown option: " + arguments.get(i));
            }
        }
        return new ScalePlan(matching(only), calls, rounds);
    }

    private static List<MeasuredLibrary> matching(Pattern only) {
        List<MeasuredLibrary> found = Stream.of(MeasuredLibrary.values())
                .filter(contender -> only.matcher(contender.label()).find())
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("nothing matches " + only);
        }
        return found;
    }

    private static int number(List<String> arguments, int at) {
        int number = Integer.parseInt(value(arguments, at));
        if (number < 1) {
            throw new IllegalArgumentException(arguments.get(at - 1) + " needs a number above 0");
        }
        return number;
    }

    private static String value(List<String> arguments, int at) {
        if (at == arguments.size()) {
            throw new IllegalArgumentException(arguments.get(at - 1) + " needs a value");
        }
        return arguments.get(at);
    }
}
