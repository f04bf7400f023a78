package dev.respite.logging;

import static dev.respite.testsupport.ForeignFailures.foreign;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.LogLines;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class FailureTextTest {

    private static final String CARD = "4111 1111 1111 1111";

    private final FailureText text = new FailureText(false);
    private final SQLException violation =
            foreign(new SQLException("Key (email)=(alice@example.com) already exists", "23505", 7));

    private record Payment(String card) {}

    private static String printed(Throwable failure) {
        StringWriter printed = new StringWriter();
        failure.printStackTrace(new PrintWriter(printed));
        return printed.toString();
    }

    @Test
    void text_ofForeignFailures_hasClassesAndCodes() {
        Exception failure = foreign(new IllegalStateException("rejected: " + new Payment(CARD), violation));
        assertThat(text.text(failure))
                .isEqualTo("java.lang.IllegalStateException; caused by java.sql.SQLException (SQLState 23505, vendor"
                        + " code 7)");
    }

    @Test
    void text_ofOurFailure_hasItsMessageWithoutThoseOfItsCauses() {
        Exception middle = foreign(new RuntimeException(violation));
        Exception failure = new IllegalStateException("not stored: " + middle.getMessage() + "; try again", middle);
        assertThat(text.text(failure))
                .isEqualTo(
                        "java.lang.IllegalStateException: not stored: …; try again; caused by"
                                + " java.lang.RuntimeException; caused by java.sql.SQLException (SQLState 23505, vendor code 7)");
    }

    @Test
    void text_ofAnException_withoutAMessage_isItsClass() {
        assertThat(text.text(new IllegalStateException())).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void text_withMessages_hasThem() {
        Exception failure = foreign(new IllegalStateException("rejected", violation));
        assertThat(new FailureText(true).text(failure))
                .isEqualTo("java.lang.IllegalStateException: rejected; caused by java.sql.SQLException: Key"
                        + " (email)=(alice@example.com) already exists");
    }

    @Test
    void text_ofCausesInACircle_ends() {
        Exception first = foreign(new IllegalStateException());
        first.initCause(foreign(new IllegalArgumentException(first)));
        assertThat(text.text(first))
                .startsWith("java.lang.IllegalStateException; caused by")
                .hasSizeLessThan(2_001);
        assertThat(printed(text.logged(first))).doesNotContain("CIRCULAR").containsOnlyOnce("Caused by");
    }

    @Test
    void logged_hasFramesCausesAndSuppressed_andNoMessage() {
        Exception failure = foreign(new IllegalStateException(new Payment(CARD).toString(), violation));
        failure.addSuppressed(foreign(new IllegalArgumentException(CARD)));
        assertThat(printed(text.logged(failure)))
                .startsWith("java.lang.IllegalStateException" + System.lineSeparator()
                        + "\tat com.example.Payments.pay(Payments.java:17)")
                .contains("Suppressed: java.lang.IllegalArgumentException")
                .contains("Caused by: java.sql.SQLException (SQLState 23505, vendor code 7)")
                .doesNotContain(CARD)
                .doesNotContain("alice");
    }

    @Test
    void logged_withMessages_isTheFailureItself() {
        assertThat(new FailureText(true).logged(violation)).isSameAs(violation);
    }

    @Test
    void failureOfAListener_isLoggedWithoutItsMessage_andPublishedAsItIs() {
        List<RetryEvent> events = new CopyOnWriteArrayList<>();
        IllegalStateException bug = foreign(new IllegalStateException(new Payment(CARD).toString()));
        RetryPolicy broken = RetryPolicy.parse("max-attempts=2").withClassifier(outcome -> {
            throw bug;
        });
        try (LogLines lines = LogLines.of("dev.respite")) {
            Retry retry = Retry.of(broken)
                    .withName("quotes")
                    .withListener(events::add)
                    .withListener(event -> {
                        throw bug;
                    });
            assertThat(retry.call(() -> "value")).isEqualTo("value");
            assertThat(lines.stacks())
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allSatisfy(stack -> assertThat(stack)
                            .contains("java.lang.IllegalStateException", "at com.example.Payments.pay")
                            .doesNotContain(CARD));
        }
        assertThat(events)
                .filteredOn(RetryEvent.CallbackFailed.class::isInstance)
                .singleElement()
                .isEqualTo(new RetryEvent.CallbackFailed("quotes", "classifier", bug));
    }

    @Test
    void switch_asASystemProperty_addsMessages() throws Exception {
        assertThat(ofNewLoader()).isEqualTo("java.lang.IllegalStateException");
        System.setProperty(FailureText.SWITCH, "true");
        try {
            assertThat(ofNewLoader()).isEqualTo("java.lang.IllegalStateException: " + CARD);
        } finally {
            System.clearProperty(FailureText.SWITCH);
        }
    }

    /** The switch is read once, so the class is loaded again. */
    private static String ofNewLoader() throws Exception {
        URL classes = FailureText.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Method of = loader.loadClass(FailureText.class.getName()).getMethod("of", Throwable.class);
            return (String) of.invoke(null, foreign(new IllegalStateException(CARD)));
        }
    }
}
