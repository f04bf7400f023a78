package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.spring.UnlessRespiteGaveUp;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

/** Applications with methods that Spring's own {@code @Retryable} retries. */
@ExtendWith(OutputCaptureExtension.class)
class SpringRetryableUseTest {

    private static final String WARNING = "spring-retryable is on the class path and retries by itself: 4 calls";

    @TempDir
    private Path folder;

    static class OfMethod {
        @Retryable
        public String quote() {
            return "101.25";
        }
    }

    @Retryable
    static class OfClass {}

    static class Suppressed {
        @Retryable(predicate = UnlessRespiteGaveUp.class)
        public String quote() {
            return "101.25";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableResilientMethods(proxyTargetClass = true)
    static class Enabled {}

    @Import(OfMethod.class)
    static class WithMethod extends Enabled {}

    @Import(OfClass.class)
    static class WithClass extends Enabled {}

    @Import(Suppressed.class)
    static class WithPredicate extends Enabled {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(OfMethod.class)
    static class NotEnabled {}

    private void start(Class<?> application) {
        TestApplication.start(folder, "respite.doctor-ignore: resilience4j", application)
                .close();
    }

    @ParameterizedTest
    @ValueSource(classes = {WithMethod.class, WithClass.class})
    void retriedMethod_isReportedOnce(Class<?> application, CapturedOutput output) {
        start(application);
        assertThat(output.getAll().lines().filter(line -> line.contains(WARNING)))
                .hasSize(1)
                .allMatch(line -> line.contains("UnlessRespiteGaveUp"));
    }

    @ParameterizedTest
    @ValueSource(classes = {Enabled.class, WithPredicate.class, NotEnabled.class})
    void applicationWithoutSuchMethods_isNotReported(Class<?> application, CapturedOutput output) {
        start(application);
        assertThat(output.getAll()).doesNotContain("is on the class path");
    }

    @Test
    void retriedMethod_ofWhichTheDoctorIgnoresTheLibrary_isNotReported(CapturedOutput output) {
        TestApplication.start(folder, "respite.doctor-ignore: [resilience4j, spring-retryable]", WithMethod.class)
                .close();
        assertThat(output.getAll()).doesNotContain("is on the class path");
    }
}
