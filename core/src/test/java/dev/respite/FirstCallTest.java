package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Creating a retry initializes the classes of its first call: a virtual thread that waits for a class holds its carrier. */
class FirstCallTest {

    /** Respite alone, in a class loader of its own. */
    private static final class Fresh extends URLClassLoader {

        Fresh() {
            super(
                    new URL[] {Retry.class.getProtectionDomain().getCodeSource().getLocation()},
                    ClassLoader.getPlatformClassLoader());
        }

        boolean hasLoaded(String name) {
            return findLoadedClass(name) != null;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.respite.FlightRecorder$Probes",
                "dev.respite.failure.FactTable",
                "dev.respite.failure.HttpClientRows",
                "dev.respite.policy.KnownFailures"
            })
    void withDefaults_initializesWhatTakesLong(String name) throws Exception {
        try (Fresh loader = new Fresh()) {
            Class<?> retry = Class.forName("dev.respite.Retry", true, loader);
            assertThat(loader.hasLoaded(name)).isFalse();
            assertThat(retry.getMethod("withDefaults").invoke(null)).isNotNull();
            assertThat(loader.hasLoaded(name)).isTrue();
        }
    }
}
