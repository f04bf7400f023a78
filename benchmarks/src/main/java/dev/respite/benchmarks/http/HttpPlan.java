package dev.respite.benchmarks.http;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What to run, and how long. */
record HttpPlan(List<HttpRow> rows, int rounds, int millis) {

    static final String USAGE = """
            usage: bin/bench --http [--rounds N] [--millis N] [--only PATTERN]
              --rounds N      measured slices of each row; 5 by default
              --millis N      length of a slice; 1000 by default
              --only PATTERN  only rows that match this regular expression, such as '^`send`, 8' or 'sendAsync.*(JDK|Respite)'
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    static HttpPlan read(List<String> arguments) {
        Pattern only = Pattern.compile("");
        int rounds = 5;
        int millis = 1_000;
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--rounds" -> rounds = number(arguments, ++i);
                case "--millis" -> millis = number(arguments, ++i);
                case "--only" -> only = Pattern.compile(value(arguments, ++i));
                default -> throw new IllegalArgumentException("unknown option: " + arguments.get(i));
            }
        }
        return new HttpPlan(matching(only), rounds, millis);
    }

    private static List<HttpRow> matching(Pattern only) {
        List<HttpRow> found = Stream.of(HttpLoad.values())
                .flatMap(load -> Stream.of(MeasuredClient.values())
                        .filter(contender -> contender.supports(load))
                        .map(contender -> new HttpRow(load, contender)))
                .filter(row -> only.matcher(row.toString()).find())
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
