package dev.respite.durable;

/** The text of a failure, as it is stored: bounded, with the causes and without the stack. */
final class ErrorText {

    private static final int MAX_LENGTH = 2_000;
    private static final int MAX_CAUSES = 5;

    private ErrorText() {}

    static String of(Throwable failure) {
        StringBuilder text = new StringBuilder(String.valueOf(failure));
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < MAX_CAUSES && text.length() < MAX_LENGTH; depth++) {
            text.append("; caused by ").append(cause);
            cause = cause.getCause();
        }
        return bounded(text.toString(), MAX_LENGTH);
    }

    /** No database takes a NUL in a text. */
    static String bounded(String text, int length) {
        String clean = text.replace('\0', ' ');
        return clean.length() <= length ? clean : clean.substring(0, length - 1) + "…";
    }
}
