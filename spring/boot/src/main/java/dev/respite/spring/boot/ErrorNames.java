package dev.respite.spring.boot;

import dev.respite.failure.FailureFact.GrpcCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of errors as keys of properties. Spring Boot removes punctuation from a key that is not in brackets. So {@code
 * sqlstate:40001} becomes {@code sqlstate40001}: a valid name of a kind of error, but without an effect.
 */
final class ErrorNames {

    private static final Pattern STATE = Pattern.compile("sqlstate([0-9a-z]{2,5})");
    private static final Pattern CODE = Pattern.compile("sqlcode([0-9]{1,9})");

    private ErrorNames() {}

    /**
     * Returns the name of an error.
     *
     * @throws IllegalArgumentException if it is what remains of a name whose punctuation was removed
     */
    static String checked(String name) {
        meant(name).ifPresent(meant -> {
            throw new IllegalArgumentException(
                    "errors." + name + ": Spring Boot removes punctuation from keys without brackets; write \"[" + meant
                            + "]\" for " + meant);
        });
        return name;
    }

    private static Optional<String> meant(String name) {
        String lower = name.toLowerCase(Locale.ROOT).replace("_", "");
        Matcher state = STATE.matcher(lower);
        if (state.matches()) {
            return Optional.of("sqlstate:" + state.group(1).toUpperCase(Locale.ROOT));
        }
        Matcher vendorCode = CODE.matcher(lower);
        if (vendorCode.matches()) {
            return Optional.of("sqlcode:" + vendorCode.group(1));
        }
        return Arrays.stream(GrpcCode.values())
                .filter(code -> lower.equals(
                        "grpc" + code.name().toLowerCase(Locale.ROOT).replace("_", "")))
                .map(code -> "grpc:" + code.name())
                .findFirst();
    }
}
