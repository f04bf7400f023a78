package dev.respite.benchmarks.stores;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What to run, and how long. */
record StorePlan(List<Store> stores, List<Integer> threads, int rounds, long sliceNanos) {

    static final String USAGE = """
            usage: bin/bench --stores [--rounds N] [--millis N] [--threads N] [--only PATTERN]
              --rounds N      slices of each row; 5 unless said otherwise
              --millis N      how long a slice is; 1500 unless said otherwise
              --threads N     clients at a time; 1 and 4 unless said otherwise
              --only PATTERN  only stores that this regular expression is found in, such as Redis or H2
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    static StorePlan read(List<String> arguments) {
        Pattern only = Pattern.compile("");
        List<Integer> threads = List.of(1, 4);
        int rounds = 5;
        int millis = 1_500;
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--rounds" -> rounds = number(arguments, ++i);
                case "--millis" -> millis = number(arguments, ++i);
                case "--threads" -> threads = List.of(number(arguments, ++i));
                case "--only" -> only = Pattern.compile(value(arguments, ++i));
                default -> throw new IllegalArgumentException("unknown option: " + arguments.get(i));
            }
        }
        return new StorePlan(matching(only), threads, rounds, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    int mostThreads() {
        return threads.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    private static List<Store> matching(Pattern only) {
        List<Store> found = Stream.of(Store.values())
                .filter(store -> only.matcher(store.label()).find())
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
