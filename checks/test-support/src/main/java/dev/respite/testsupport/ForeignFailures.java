package dev.respite.testsupport;

/** Failures that other code than Respite's has thrown. Tests are in our packages, and what they throw counts as ours. */
public final class ForeignFailures {

    private ForeignFailures() {}

    /** Returns the failure, with a stack as if an application had thrown it. */
    public static <T extends Throwable> T foreign(T failure) {
        failure.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("com.example.Payments", "pay", "Payments.java", 17),
            new StackTraceElement("com.example.Payments", "run", "Payments.java", 9)
        });
        return failure;
    }
}
