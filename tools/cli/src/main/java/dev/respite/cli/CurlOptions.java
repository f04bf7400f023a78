package dev.respite.cli;

import java.util.List;
import java.util.Optional;

/** Options of curl that have another name here. Their meaning is similar, but not the same, so they are rejected. */
final class CurlOptions {

    private CurlOptions() {}

    /** Returns the message for the first of these options on a command line; empty if there is none. */
    static Optional<String> rejection(List<String> args) {
        for (int i = 0; i < args.size() && !args.get(i).equals("--"); i++) {
            String arg = args.get(i);
            int equals = arg.indexOf('=');
            String name = equals < 0 ? arg : arg.substring(0, equals);
            String value = equals >= 0 ? arg.substring(equals + 1) : i + 1 < args.size() ? args.get(i + 1) : "";
            Optional<String> remedy = remedy(name, value);
            if (remedy.isPresent()) {
                return Optional.of(name + " is an option of curl: " + remedy.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> remedy(String name, String value) {
        return switch (name) {
            case "--retry" ->
                Optional.of("here attempts are counted, including the first; write --max-attempts " + attempts(value));
            case "--retry-delay" ->
                Optional.of("write --base-delay " + seconds(value)
                        + "; for equal delays also --backoff fixed --jitter none");
            case "--retry-max-time", "--max-time", "-m" ->
                Optional.of("write --total-timeout " + seconds(value) + ", the limit of the whole call");
            case "--retry-all-errors" -> Optional.of("name the errors, such as --retry-on 4xx,5xx");
            case "--retry-connrefused" -> Optional.of("a refused connection is retried by default; remove the option");
            default -> Optional.empty();
        };
    }

    private static String attempts(String retries) {
        return retries.matches("[0-9]{1,8}") ? Integer.toString(Integer.parseInt(retries) + 1) : "N+1";
    }

    private static String seconds(String text) {
        return text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?") ? text + "s" : "TIME";
    }
}
