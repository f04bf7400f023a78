package dev.respite.spring;

import org.jspecify.annotations.Nullable;

/**
 * A use of {@link Respite} that cannot work. The message ends with the remedy, behind its last colon; the failure analyzer of
 * {@code respite-spring-boot} finds this class by its name.
 */
final class InvalidMethodException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    InvalidMethodException(String message) {
        super(message);
    }

    InvalidMethodException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
