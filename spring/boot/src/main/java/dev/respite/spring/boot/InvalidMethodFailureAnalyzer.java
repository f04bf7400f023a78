package dev.respite.spring.boot;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.util.StringUtils;

/** Reports a mistaken use of {@link dev.respite.spring.Respite}, with the remedy and without a stack trace. */
final class InvalidMethodFailureAnalyzer implements FailureAnalyzer {

    private static final String TYPE = "dev.respite.spring.InvalidMethodException";
    private static final String REMEDY = ": ";

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getClass().getName().equals(TYPE)) {
                return analysis(Objects.toString(cause.getMessage(), ""), cause);
            }
        }
        return null;
    }

    private static FailureAnalysis analysis(String message, Throwable cause) {
        int remedy = message.lastIndexOf(REMEDY);
        return remedy < 0
                ? new FailureAnalysis(message, null, cause)
                : new FailureAnalysis(
                        message.substring(0, remedy) + ".",
                        StringUtils.capitalize(message.substring(remedy + REMEDY.length())) + ".",
                        cause);
    }
}
